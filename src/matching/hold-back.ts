import { sql } from 'kysely';
import { pairKey, type SchoolReading, type Unclear } from '../roster/reading.ts';
import { readingWithoutErased } from '../roster/without-erased.ts';
import type { Sql } from '../store/database.ts';
import type { Renaming } from '../store/renaming.ts';

/**
 * Gives the reading without the people about whom somebody is asked (K4). Those whom it names under new ids do not
 * come. Those who are gone from it stay, with every place and tie. All the others are as the list says.
 */
export async function holdBack<Reading extends { schools: readonly SchoolReading[]; unclear: Unclear }>(
  tx: Sql,
  schoolId: string,
  reading: Reading,
  pairs: readonly Renaming[],
): Promise<Reading> {
  if (pairs.length === 0) return reading;
  const come = new Set(pairs.map(({ newId }) => newId));
  const kept = [...new Set([...pairs.map(({ oldId }) => oldId), ...come])];
  const { unclear } = reading;
  return {
    ...readingWithoutErased(reading, (id) => come.has(id)),
    unclear: {
      ...unclear,
      people: new Set([...unclear.people, ...kept]),
      enrollments: new Set([...unclear.enrollments, ...(await placesOf(tx, schoolId, kept))]),
    },
  };
}

/** Gives the places of pupils and teachers, as `pairKey` of unit and person. */
async function placesOf(tx: Sql, schoolId: string, ids: readonly string[]): Promise<string[]> {
  const people = sql`any(${[...ids]}::text[])`;
  const { rows } = await sql<{ unit: string; person: string }>`
    select unit_id as unit, student_id as person from enrollment
      where school_id = ${schoolId} and present and student_id = ${people}
    union select c.id, t from class c, unnest(c.homeroom_teacher_ids) t
      where c.school_id = ${schoolId} and c.present and t = ${people}
    union select g.id, t from subject_group g, unnest(g.teacher_ids) t
      where g.school_id = ${schoolId} and g.present and t = ${people}`.execute(tx);
  return rows.map(({ unit, person }) => pairKey(unit, person));
}
