import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../database.ts';

const is = (column: string) => (id: string) => sql<boolean>`${sql.ref(column)} = ${id}`;
const holds = (column: string) => (id: string) => sql<boolean>`${sql.ref(column)} @> array[${id}]::text[]`;
const either = (a: string, b: string) => (id: string) =>
  sql<boolean>`${id} in (${sql.ref(a)}, ${sql.ref(b)})`;

/** Every table that says something of a person, and which of its rows do (K6). A test holds it against the catalogue. */
export const OF_PERSON: Readonly<Record<string, (id: string) => RawBuilder<boolean>>> = {
  person: is('t.id'),
  profile_link: is('t.person_id'),
  enrollment: is('t.student_id'),
  guardian: either('t.guardian_id', 't.student_id'),
  roster_order: holds('t.student_ids'),
  class: holds('t.homeroom_teacher_ids'),
  subject_group: holds('t.teacher_ids'),
  lesson: is('t.teacher_id'),
  membership: is('t.person_id'),
  exception: either('t.person_id', 't.author_id'),
  chat_draft: is('t.author_id'),
  chat_draft_person: is('t.person_id'),
  chat: is('t.author_id'),
  meeting: is('t.author_id'),
  journal: either('t.person_id', 't.author_id'),
  journal_text: holds('t.person_ids'),
  access_record: holds('t.person_ids'),
};

/** All rows that name him, by table. Of an order or a text that names others too, his own items alone. */
export async function exportPerson(
  db: Sql,
  schoolId: string,
  id: string,
): Promise<Record<string, Record<string, unknown>[]>> {
  const held: Record<string, Record<string, unknown>[]> = {};
  for (const [table, which] of Object.entries(OF_PERSON)) {
    const { rows } = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(t) as row from ${sql.table(table)} t where t.school_id = ${schoolId} and ${which(id)}`.execute(
      db,
    );
    held[table] = rows.map(({ row }) => ownPart(row, id));
  }
  return held;
}

/** Other people's ids in lists are not his data. */
function ownPart(row: Record<string, unknown>, id: string): Record<string, unknown> {
  const own = { ...row };
  for (const list of ['student_ids', 'person_ids', 'homeroom_teacher_ids', 'teacher_ids'])
    if (Array.isArray(own[list])) own[list] = [id];
  if (Array.isArray(own.dated_teachers))
    own.dated_teachers = own.dated_teachers.filter((teacher: { id?: string }) => teacher.id === id);
  if (Array.isArray(own.items))
    own.items = own.items.filter((item: { studentId?: string }) => item.studentId === id);
  return own;
}

/** To whom it was passed: his profile at VK, in which chats, seen when. */
export async function passedToVk(db: Sql, schoolId: string, id: string): Promise<Record<string, unknown>[]> {
  const { rows } = await sql<{ row: Record<string, unknown> }>`
    select jsonb_build_object('recipient', 'VK', 'vkUserId', l.vk_user_id, 'chatId', c.id, 'chatTitle', c.title,
      'state', s.state, 'seenAt', s.seen_at) as row
    from profile_link l join sferum_member s on s.school_id = l.school_id and s.vk_user_id = l.vk_user_id
    join chat c on c.id = s.chat_id
    where l.school_id = ${schoolId} and l.person_id = ${id} order by c.title`.execute(db);
  return rows.map(({ row }) => row);
}
