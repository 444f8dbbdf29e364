import type { Sql } from '../../src/store/database.ts';

/** Gives the manual chats that a person has made and that are still there. Their author may delete them (G1). */
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
