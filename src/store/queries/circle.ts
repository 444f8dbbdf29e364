/**
 * The pupils whom a teacher sees (contract, «Who sees whom»). They are read once a request, because orders cost more to
 * read than lists.
 */

import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../database.ts';
import { oneRow } from '../rows.ts';
import { placesInUnits, type SchoolDay } from './places.ts';

/** Ids of pupils, by lists and orders in force that day. */
export interface Circle {
  /** In the classes that the teacher leads. */
  homeroom: readonly string[];
  /** In the groups that the teacher teaches. */
  groups: readonly string[];
}

/** Finds the circle of one of the school's staff. */
export async function findCircle(
  db: Sql,
  on: SchoolDay & { schoolId: string },
  personId: string,
): Promise<Circle> {
  const ofClasses = placesInUnits(on, 'class', ledClasses(on.schoolId, personId));
  const ofGroups = placesInUnits(on, 'group', taughtGroups(on.schoolId, personId));
  const { rows } = await sql<Circle>`select
    array(select student_id from ${ofClasses} place) as homeroom,
    array(select student_id from ${ofGroups} place) as groups`.execute(db);
  return oneRow(rows);
}

/** Gives the ids of the classes that a person leads, as an array. */
function ledClasses(schoolId: string, personId: string): RawBuilder<unknown> {
  return sql`array(select k.id from class k
    where k.school_id = ${schoolId} and k.present and ${personId} = any(k.homeroom_teacher_ids))`;
}

/** Gives the ids of the subject groups that a person teaches, as an array. */
export function taughtGroups(schoolId: string, personId: string): RawBuilder<unknown> {
  return sql`array(select s.id from subject_group s
    where s.school_id = ${schoolId} and s.present and ${personId} = any(s.teacher_ids))`;
}
