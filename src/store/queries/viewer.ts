import { type RawBuilder, sql } from 'kysely';
import type { ChatType, Day, Role } from '../../desired/model.ts';
import type { Pause } from '../../desired/pauses.ts';
import type { Sql } from '../database.ts';
import { type Circle, taughtGroups } from './circle.ts';
import { isPupil, isStaff } from './person-columns.ts';

/**
 * Who looks (contract, «Who sees whom»): somebody who sees the whole school, with or without pupils' birth dates, or
 * one of its staff with a circle of their own.
 */
export type Viewer = AtSchool &
  ({ sees: 'school'; birthDates: boolean } | { sees: 'circle'; personId: string; circle: Circle });

interface AtSchool {
  schoolId: string;
  /** Today at the school. */
  day: Day;
  timeZone: string;
}

type CircleViewer = Extract<Viewer, { sees: 'circle' }>;

export interface SchoolRow {
  id: string;
  timeZone: string | null;
  earlyEntryMinutes: number;
  /** Null means the default. */
  sessionIdleMinutes: number | null;
  /** Null means the default. */
  retentionDays: number | null;
  lookEverySeconds: number | null;
  limits: Record<string, number>;
  /** The school's own (K3). */
  pauses: Pause[];
}

/** Gives a school's settings; null where there is no such school. */
export async function findSchool(db: Sql, schoolId: string): Promise<SchoolRow | null> {
  const { rows } = await sql<SchoolRow>`
    select id, time_zone as "timeZone", early_entry_minutes as "earlyEntryMinutes",
      session_idle_minutes as "sessionIdleMinutes", retention_days as "retentionDays",
      look_every_seconds as "lookEverySeconds", limits, pauses
    from school where id = ${schoolId}`.execute(db);
  return rows[0] ?? null;
}

/** What the roster knows of a person now. */
export interface Known {
  present: boolean;
  roles: Role[];
}

/** Whether the roster has stated the person in a row of `person p`, and not only a tie to somebody else. */
export const isKnown = sql<boolean>`(p.stated_at is not null or p.gone_at is not null)`;

/** Gives what the roster knows of a person; null where it never knew them. */
export async function findKnown(db: Sql, schoolId: string, personId: string): Promise<Known | null> {
  const { rows } = await sql<Known>`
    select p.present, p.roles from person p where p.school_id = ${schoolId} and p.id = ${personId} and ${isKnown}`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** Whether the roster has the person among the school's staff now. The token alone gives a teacher no right. */
export async function isPresentStaff(db: Sql, schoolId: string, personId: string): Promise<boolean> {
  const { rows } = await sql`
    select from person p where p.school_id = ${schoolId} and p.id = ${personId} and p.present and ${isStaff}
  `.execute(db);
  return rows.length > 0;
}

/** The ids of pupils of the homerooms that the viewer leads now, as an array. */
const homeroomPupils = ({ circle }: CircleViewer) => sql`${[...circle.homeroom]}::text[]`;

/** The ids of pupils of the groups that the viewer teaches now, as an array. */
const groupPupils = ({ circle }: CircleViewer) => sql`${[...circle.groups]}::text[]`;

/** Whether the viewer may see the person of a row of `person p` at all. */
export function maySeePerson(v: Viewer): RawBuilder<boolean> {
  if (v.sees === 'school') return sql`true`;
  return sql`(${isStaff}
    or p.id = any(${homeroomPupils(v)})
    or p.id = any(${groupPupils(v)})
    or p.id in (select g.guardian_id from guardian g
      where g.school_id = ${v.schoolId} and g.present and g.student_id = any(${homeroomPupils(v)})))`;
}

/**
 * Whether the person of a row of `person p` is a pupil or a teacher of a subject group that the viewer teaches (E2).
 */
export function isOfOwnGroups(v: Viewer): RawBuilder<boolean> {
  if (v.sees === 'school') return sql`false`;
  return sql`(p.id = any(${groupPupils(v)}) or p.id in (select unnest(s.teacher_ids) from subject_group s
    where s.school_id = ${v.schoolId} and s.present and s.id = any(${taughtGroups(v.schoolId, v.personId)})))`;
}

/**
 * Whether the viewer may put the person of a row of `person p` into a chat of this type. `mayAdd` says the same of
 * one person.
 */
export function mayPickPerson(v: Viewer, type: ChatType | null): RawBuilder<boolean> {
  return v.sees === 'circle' && type === 'subject' ? isOfOwnGroups(v) : maySeePerson(v);
}

/** Whether a teacher leads that class, or teaches a group of it. */
export function isOwnClass(v: Viewer, classId: string): RawBuilder<boolean> {
  if (v.sees === 'school') return sql`true`;
  return sql`(exists (select from class k where k.school_id = ${v.schoolId} and k.id = ${classId} and k.present
      and ${v.personId} = any(k.homeroom_teacher_ids))
    or exists (select from subject_group s where s.school_id = ${v.schoolId} and s.class_id = ${classId}
      and s.id = any(${taughtGroups(v.schoolId, v.personId)})))`;
}

/** Whether the viewer may see the pupil in this column. */
export function maySeePupil(v: Viewer, column: RawBuilder<unknown>): RawBuilder<boolean> {
  if (v.sees === 'school') return sql`true`;
  return sql`(${column} = any(${homeroomPupils(v)}) or ${column} = any(${groupPupils(v)}))`;
}

/** The birth date of the person of a row of `person p` where the viewer may see it, else null. */
export function birthDate(v: Viewer): RawBuilder<string | null> {
  const mayKnow = v.sees === 'school' ? sql`${v.birthDates}::boolean` : sql`p.id = any(${homeroomPupils(v)})`;
  return sql`case when ${isPupil} and ${mayKnow} then p.birth_date end`;
}

/**
 * Whether the viewer may see the chat of a row of `chat c`. A teacher sees the chats that they administer or are in
 * (B5).
 */
export function maySeeChat(v: Viewer): RawBuilder<boolean> {
  if (v.sees === 'school') return sql`true`;
  return sql`exists (select from membership own where own.chat_id = c.id and own.person_id = ${v.personId})`;
}
