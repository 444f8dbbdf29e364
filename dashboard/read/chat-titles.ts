import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';

/** Gives what chats of a school are called, deleted ones too. An id without a chat is left out. */
export async function findChatTitles(
  db: Sql,
  schoolId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; title: string }>`
    select id, title from chat where school_id = ${schoolId} and id = any(${[...new Set(ids)]}::uuid[])`.execute(
    db,
  );
  return new Map(rows.map(({ id, title }) => [id, title]));
}
