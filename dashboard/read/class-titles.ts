import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';

/** The titles of the classes of subject chats, by the chats' ids. A chat of another type has none. */
export async function classTitlesOf(
  db: Sql,
  schoolId: string,
  chatIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; title: string }>`
    select c.id, k.title from chat c
      join subject_group g on g.school_id = c.school_id and g.id = c.subject_group_id
      join class k on k.school_id = g.school_id and k.id = g.class_id
    where c.school_id = ${schoolId} and c.type = 'subject' and c.id = any(${[...chatIds]}::uuid[])`.execute(
    db,
  );
  return new Map(rows.map(({ id, title }) => [id, title]));
}
