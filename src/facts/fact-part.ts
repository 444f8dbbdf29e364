import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import { orderedPlaces } from './ordered-places.ts';

/** The chats whose members are to be decided for a day, and the people whom they name now. */
export interface FactScope {
  /** The day for which they are decided. */
  day: Day;
  classIds: readonly string[];
  groupIds: readonly string[];
  /** True where «Учительская» is among the chats. */
  staff: boolean;
  /** People in the lists of these chats, or with exceptions there. */
  peopleIds: readonly string[];
  /** Pupils on whose account somebody is in the lists (grounds). */
  studentIds: readonly string[];
  /** Those of them whose class continues another (K4). */
  movingIds?: readonly string[];
}

/**
 * The part of a school's facts that decides these chats completely. It has the pupils by statement or order, their
 * parents, the teachers, and all administrators, because one may have to stand in (C6). For every one of these people
 * it has what decides whether they are there at all: their own orders, their children, and their children's orders.
 */
export interface FactPart {
  classIds: readonly string[];
  groupIds: readonly string[];
  /** Pupils of whom every guardian counts. */
  studentIds: readonly string[];
  /** Pupils of whom every place counts, because their class moves to a new id (K4). */
  movingIds?: readonly string[];
  /** People of whom every child counts. */
  personIds: readonly string[];
  /** The people of both lists, and their children. */
  everyoneIds: readonly string[];
}

/** Finds the part of the facts that decides the chats of `scope`. */
export async function partFor(db: Sql, schoolId: string, scope: FactScope): Promise<FactPart> {
  const classIds = sql`${[...scope.classIds]}::text[]`;
  const groupIds = sql`${[...scope.groupIds]}::text[]`;
  const ordered = (of: RawBuilder<unknown>) => orderedPlaces(schoolId, scope.day, of);
  const staff = scope.staff ? sql`'{teacher,administrator}'` : sql`'{administrator}'`;
  const { rows } = await sql<{ students: string[]; people: string[]; children: string[] }>`
    with students as materialized (
      select unnest(${[...scope.studentIds]}::text[]) as id
      union select student_id from enrollment
        where school_id = ${schoolId} and unit = 'class' and unit_id = any(${classIds})
      union select student_id from enrollment
        where school_id = ${schoolId} and unit = 'group' and unit_id = any(${groupIds})
      union select student_id from (${ordered(sql`unit = 'class' and unit_id = any(${classIds})`)}) c
      union select student_id from (${ordered(sql`unit = 'group' and unit_id = any(${groupIds})`)}) g
    ), people as materialized (
      select id from students
      union select unnest(${[...scope.peopleIds]}::text[])
      union select unnest(homeroom_teacher_ids) from class where school_id = ${schoolId} and id = any(${classIds})
      union select unnest(teacher_ids) from subject_group where school_id = ${schoolId} and id = any(${groupIds})
      union select guardian_id from guardian
        where school_id = ${schoolId} and student_id = any(array(select id from students)) and present
      union select id from person
        where school_id = ${schoolId} and roles && '{teacher,administrator}' and roles && ${staff} and present
    )
    select array(select id from students) as students, array(select id from people) as people,
      array(select student_id from guardian
        where school_id = ${schoolId} and guardian_id = any(array(select id from people)) and present) as children`.execute(
    db,
  );
  const { students, people, children } = oneRow(rows);
  return {
    classIds: scope.classIds,
    groupIds: scope.groupIds,
    studentIds: students,
    movingIds: scope.movingIds ?? [],
    personIds: people,
    everyoneIds: [...new Set([...people, ...children])],
  };
}
