import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';

/** A chat that was deleted (G1): what it was called, and who deleted it when. */
export interface GoneChat {
  id: string;
  title: string;
  at: string;
  authorId: string | null;
  /** The next initialisation of its type brings it back. */
  returns: boolean;
}

/** Finds a chat that was deleted. Null where the school never had it, or still has it. */
export async function findGoneChat(db: Sql, schoolId: string, id: string): Promise<GoneChat | null> {
  const { rows } = await sql<GoneChat>`
    select c.id, c.title, c.deleted_at as at, c.key is not null and c.recreate as returns,
      (select j.author_id from journal j where j.school_id = ${schoolId} and j.chat_id = c.id
        and j.what = 'delete' order by j.id desc limit 1) as "authorId"
    from chat c where c.school_id = ${schoolId} and c.id = ${id}::uuid and c.deleted_at is not null`.execute(
    db,
  );
  return rows[0] ? { ...rows[0], at: instant(rows[0].at) } : null;
}

/** Gives the operation that holds removals of a chat. Null where none does. */
export async function holderOf(db: Sql, chatId: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select held_by as id from membership where chat_id = ${chatId}::uuid and held_by is not null
    union select held_by from sferum_member where chat_id = ${chatId}::uuid and held_by is not null limit 1`.execute(
    db,
  );
  return rows[0]?.id ?? null;
}
