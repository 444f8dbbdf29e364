import { makeSchool } from '../../../src/demo/school/make-school.ts';
import { zipRoster } from '../../../src/demo/school/zip-roster.ts';

const SEED = 448;

/** On this day the made-up school is in the middle of its year. */
export const TODAY = '2026-11-02';
export const TAKEN_AT = `${TODAY}T06:00:00.000Z`;
export const TIME_ZONE = 'Europe/Moscow';

/** A school of the size that the user manual gives, as a zip of OneRoster CSV files. */
export function manualRoster(): Promise<Uint8Array> {
  return zipRoster(makeSchool({ seed: SEED, size: 'manual', today: TODAY }).files);
}

/** The distance between the VK IDs of two of these schools. */
const VK_IDS_APART = 1_000_000;

/** A much smaller school with the same proportions and an id of its own: some 110 pupils and 100 chats. */
export function middleRoster(at: number, change: (enrollments: string) => string = (same) => same) {
  const { files } = makeSchool({ seed: SEED + at, size: 'middle', today: TODAY });
  const own = Object.entries(files).map(([name, text]) => {
    const changed = name === 'enrollments.csv' ? change(text) : text;
    return [
      name,
      changed
        .replaceAll('school-2', schoolIdAt(at))
        .replaceAll(/\{VK:(\d+)\}/g, (_, id: string) => `{VK:${Number(id) + at * VK_IDS_APART}}`),
    ];
  });
  return zipRoster(Object.fromEntries(own) as Record<string, string>);
}

export const schoolIdAt = (at: number): string => `school-${100 + at}`;
