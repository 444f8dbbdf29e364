/** Thirty small schools, each of its own people, and what is wrong with some. */
import { sure } from '../../sure.ts';
import { makeSchool } from '../school/make-school.ts';
import { MADE_SCHOOL } from '../school/one-roster-files.ts';
import { zipRoster } from '../school/zip-roster.ts';

/**
 * key      its key for Sferum is revoked
 * hold     its newest list lacks much of what the one before had, so that a person must decide (J2)
 * overdue  its list is three days old
 * begun    its initialisation goes on for some minutes, because its account is slow
 */
export type RegionTrouble = 'key' | 'hold' | 'overdue' | 'begun';

export interface RegionSchool {
  id: string;
  name: string;
  trouble: RegionTrouble | null;
  files: Record<string, string>;
}

const SCHOOLS = 30;
const TROUBLES: Readonly<Record<number, RegionTrouble>> = {
  7: 'key',
  12: 'hold',
  18: 'overdue',
  30: 'begun',
};
/** A profile belongs to one person, in whatever school, so the profiles of schools lie far apart. */
const PROFILES_APART = 5_000_000;
const SEED = 1000;

/** Makes them up. The same ones come at every run. */
export function regionSchools(today: string): RegionSchool[] {
  return Array.from({ length: SCHOOLS }, (_, at) => {
    const number = at + 1;
    const id = `school-${String(100 + number)}`;
    const name = `МБОУ «Школа № ${number}»`;
    const { files } = makeSchool({ seed: SEED + number, size: 'small', today });
    const own = Object.entries(files).map(([file, text]) => [file, ownText(text, { id, name, number })]);
    return { id, name, trouble: TROUBLES[number] ?? null, files: Object.fromEntries(own) };
  });
}

function ownText(text: string, { id, name, number }: { id: string; name: string; number: number }): string {
  return text
    .replaceAll(MADE_SCHOOL.id, id)
    .replaceAll(MADE_SCHOOL.name, name)
    .replace(/\{VK:(\d+)\}/g, (_, profile: string) => `{VK:${Number(profile) + number * PROFILES_APART}}`);
}

/** The lists of a school as СГО would send them. */
export const listsOf = ({ files }: RegionSchool): Promise<Uint8Array> => zipRoster(files);

/** The share of enrollments that a list keeps which was cut. */
const KEPT = 0.6;

/** The same lists, cut: a large part of the enrollments is missing. */
export function cutListsOf({ files }: RegionSchool): Promise<Uint8Array> {
  const lines = sure(files['enrollments.csv']).split('\n');
  const kept = lines.slice(0, Math.round(lines.length * KEPT));
  return zipRoster({ ...files, 'enrollments.csv': `${kept.join('\n')}\n` });
}
