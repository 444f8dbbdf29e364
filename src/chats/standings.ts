/** What somebody is to a chat, a class or a group, by the roster and the lists of this moment (C5, E2). */

import { sql } from 'kysely';
import type { ChatType } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import { isOfOwnGroups, isOwnClass, maySeePerson, type Viewer } from '../store/queries/viewer.ts';
import { oneRow } from '../store/rows.ts';
import type { KnownPerson, Standing } from './rights.ts';

export interface ChatToChange {
  id: string;
  key: string | null;
  type: ChatType;
  classId: string | null;
  groupId: string | null;
  title: string;
  /** The title of its class or group. Empty where it has none. */
  unitTitle: string;
  authorId: string | null;
  archived: boolean;
  deleting: boolean;
}

/**
 * Finds a chat that exists or is being deleted, and what the viewer is to it. Null where the school has no such chat.
 */
export async function findChatToChange(
  db: Sql,
  viewer: Viewer,
  chatId: string,
): Promise<{ chat: ChatToChange; standings: Set<Standing> } | null> {
  const personId = viewer.sees === 'circle' ? viewer.personId : null;
  const { rows } = await sql<
    ChatToChange & { admin: boolean | null; isHomeroom: boolean; isTeaching: boolean }
  >`select c.id, c.key, c.type, c.class_id as "classId", c.subject_group_id as "groupId", c.title,
      coalesce(g.title, k.title, '') as "unitTitle", c.author_id as "authorId", c.archived,
      c.deleting_since is not null as deleting, m.admin,
      coalesce(${personId} = any(k.homeroom_teacher_ids), false) as "isHomeroom",
      coalesce(${personId} = any(g.teacher_ids), false) as "isTeaching"
    from chat c
      left join membership m on m.chat_id = c.id and m.person_id = ${personId}
      left join class k on k.school_id = c.school_id and k.id = c.class_id and k.present and c.type <> 'subject'
      left join subject_group g on g.school_id = c.school_id and g.id = c.subject_group_id and g.present
    where c.id = ${chatId}::uuid and c.school_id = ${viewer.schoolId} and c.deleted_at is null`.execute(db);
  if (!rows[0]) return null;
  const { admin, isHomeroom, isTeaching, ...chat } = rows[0];
  if (viewer.sees === 'school') return { chat, standings: new Set(['school-admin']) };
  const standings = new Set<Standing>(['staff']);
  if (admin !== null) standings.add(admin ? 'chat-admin' : 'chat-member');
  if (chat.key === null && chat.authorId === viewer.personId) standings.add('author');
  if (isHomeroom) standings.add('homeroom');
  if (isTeaching) standings.add('teaching');
  return { chat, standings };
}

/**
 * Says what the viewer is to the class or group of a new chat. Without a group it is asked of every group that the
 * viewer might name.
 */
export async function standingsToUnit(
  db: Sql,
  viewer: Viewer,
  unit: { classId: string | null; groupId: string | null },
): Promise<Set<Standing>> {
  if (viewer.sees === 'school') return new Set(['school-admin']);
  const { schoolId, personId } = viewer;
  const ofGroup = unit.groupId === null ? sql`true` : sql`g.id = ${unit.groupId}`;
  const { rows } = await sql<{ homeroom: boolean; teaching: boolean }>`select
    exists (select from class k where k.school_id = ${schoolId} and k.id = ${unit.classId} and k.present
      and ${personId} = any(k.homeroom_teacher_ids)) as homeroom,
    exists (select from subject_group g where g.school_id = ${schoolId} and ${ofGroup} and g.present
      and ${personId} = any(g.teacher_ids)) as teaching`.execute(db);
  const standings = new Set<Standing>(['staff']);
  if (oneRow(rows).homeroom) standings.add('homeroom');
  if (oneRow(rows).teaching) standings.add('teaching');
  return standings;
}

/**
 * Whether the viewer may name this class and this group. The school must have them, and they must be a teacher's own.
 * What is left out is allowed.
 */
export async function mayNameUnits(
  db: Sql,
  viewer: Viewer,
  { classId, groupId }: { classId: string | null; groupId: string | null },
): Promise<boolean> {
  const { schoolId } = viewer;
  const own = viewer.sees === 'school' ? sql`true` : sql`${viewer.personId} = any(g.teacher_ids)`;
  const { rows } = await sql<{ own: boolean }>`select
    (${classId}::text is null or (${isOwnClass(viewer, classId ?? '')} and exists (select from class k
      where k.school_id = ${schoolId} and k.id = ${classId} and k.present)))
    and (${groupId}::text is null or exists (select from subject_group g
      where g.school_id = ${schoolId} and g.id = ${groupId} and g.present and ${own})) as own`.execute(db);
  return oneRow(rows).own;
}

/**
 * Gives the people of these ids whom the school knows, as the viewer sees them. `present`: not removed from the roster.
 */
export async function findKnownPeople(
  db: Sql,
  viewer: Viewer,
  ids: readonly string[],
): Promise<Map<string, KnownPerson & { present: boolean }>> {
  const { schoolId } = viewer;
  const { rows } = await sql<KnownPerson & { present: boolean }>`
    select p.id, p.roles, p.present, ${maySeePerson(viewer)} as seen, ${isOfOwnGroups(viewer)} as "ofOwnGroups"
    from person p where p.school_id = ${schoolId} and p.id = any(${[...ids]})`.execute(db);
  return new Map(rows.map((person) => [person.id, person]));
}
