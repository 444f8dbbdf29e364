import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';

/** The manual chats that somebody has made and that are there: he may delete them (G1). */
export async function authoredChats(db: Sql, schoolId: string, authorId: string): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from chat where school_id = ${schoolId} and author_id = ${authorId} and key is null
      and deleted_at is null`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
