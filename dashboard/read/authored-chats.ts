import type { Sql } from '../../src/store/database.ts';

/** The manual chats that somebody has made and that are there: he may delete them (G1). */
export async function authoredChats(db: Sql, schoolId: string, authorId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('chat')
    .select('id')
    .where('school_id', '=', schoolId)
    .where('author_id', '=', authorId)
    .where('key', 'is', null)
    .where('deleted_at', 'is', null)
    .execute();
  return new Set(rows.map(({ id }) => id));
}
