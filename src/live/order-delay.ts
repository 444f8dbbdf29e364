import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/**
 * J9: the chat that just settled holds all that was asked of it: how long that took since the first of it came into
 * force is kept, and returned in milliseconds. Null where it still has something to follow, or nothing was news.
 */
export async function recordDelay(tx: Sql, chatId: string, at: Date): Promise<number | null> {
  const { rows } = await sql<{ ms: number }>`
    with caused as (
      select id, school_id, caused_at from chat
      where id = ${chatId} and caused_at is not null and generation = settled_generation
    ), cleared as (
      update chat set caused_at = null from caused where chat.id = caused.id
    )
    insert into order_delay (school_id, chat_id, caused_at, settled_at)
    select school_id, id, caused_at, greatest(${at}, caused_at) from caused
    returning (extract(epoch from settled_at - caused_at) * 1000)::float8 as ms`.execute(tx);
  return rows[0]?.ms ?? null;
}
