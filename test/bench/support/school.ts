import { makeSchool } from '../../../src/demo/school/make-school.ts';
import { zipRoster } from '../../../src/demo/school/zip-roster.ts';

const SEED = 448;

/** On which the made-up school is in the middle of its year. */
export const TODAY = '2026-11-02';
export const TAKEN_AT = `${TODAY}T06:00:00.000Z`;
export const TIME_ZONE = 'Europe/Moscow';

/** The school of the user manual's size, as a zip of OneRoster CSV files. */
export function manualRoster(): Promise<Uint8Array> {
  return zipRoster(makeSchool({ seed: SEED, size: 'manual', today: TODAY }).files);
}
