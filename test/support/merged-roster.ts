/** Roster files merged into a database, and what they make of its facts. */
import { sql } from 'kysely';
import { type MergeResult, mergeRoster } from '../../src/roster/merge-roster.ts';
import type { RosterReading } from '../../src/roster/reading.ts';
import type { Database } from '../../src/store/database.ts';
import { everywhere } from './everywhere.ts';
import { type RosterFiles, readFiles, rosterFiles } from './roster-files.ts';

export const MONDAY = '2026-11-16T03:00:00.000Z';
export const TUESDAY = '2026-11-17T03:00:00.000Z';
export const WEDNESDAY = '2026-11-18T03:00:00.000Z';
export const files = rosterFiles();

interface How {
  addOnly?: boolean;
  by?: string;
}

export async function merge(
  db: Database,
  reading: RosterReading,
  takenAt: string,
  { addOnly, by }: How = {},
): Promise<MergeResult> {
  const schools = new Set(addOnly ? reading.schools.map((school) => school.id) : []);
  const options = { takenAt, by: by ?? `import:${takenAt}`, timeZone: 'Europe/Moscow', addOnly: schools };
  return db.transactionAcross('figures', (tx) => mergeRoster(tx.sql, reading, options));
}

export const take = async (db: Database, roster: RosterFiles, takenAt: string, how?: How) =>
  merge(db, await readFiles(roster), takenAt, how);

/** How many rows there are: of a table, with a condition if any. */
export async function countOf(db: Database, from: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.raw(from)}`.execute(
    everywhere(db),
  );
  return rows[0]!.count;
}

/** All facts that are present, as sorted lines; stamps left out. */
export async function facts(db: Database): Promise<string[]> {
  const { rows } = await sql<{ fact: string }>`
    select concat_ws(' ', 'person', school_id, id, family_name, given_name, middle_name, sex, birth_date, roles, name_key) as fact
      from person where present
    union all select concat_ws(' ', 'class', school_id, id, title, grade, homeroom_teacher_ids, starts_on, ends_on) from class where present
    union all select concat_ws(' ', 'group', school_id, id, title, subject, coalesce(class_id, '-'), teacher_ids, starts_on, ends_on)
      from subject_group where present
    union all select concat_ws(' ', 'enrollment', school_id, unit, unit_id, student_id, begins_on, '..', ends_on) from enrollment where present
    union all select concat_ws(' ', 'guardian', school_id, guardian_id, student_id) from guardian where present
    union all select concat_ws(' ', 'link', school_id, person_id, vk_user_id) from profile_link where present
    order by 1`.execute(everywhere(db));
  return rows.map((row) => row.fact);
}

/** Facts that appeared (+) and disappeared (−) by what is done. */
export async function difference(db: Database, work: () => Promise<unknown>): Promise<string[]> {
  const before = new Set(await facts(db));
  await work();
  const after = new Set(await facts(db));
  const gone = [...before].filter((fact) => !after.has(fact));
  const come = [...after].filter((fact) => !before.has(fact));
  return [...gone.map((fact) => `− ${fact}`), ...come.map((fact) => `+ ${fact}`)];
}
