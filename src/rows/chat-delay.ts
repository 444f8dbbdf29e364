/**
 * The part of chat.ts that measures the time from an order until Sferum has followed it (J9): `caused_at`. It is also the
 * only writer of
 *   order_delay  one delay:  recorded ──countDelays──► counted in its day
 *   delay_day    the delays of a school's day ──(keepDelaysDays)──► deleted
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { bucketOf, delayMs } from '../store/queries/delay-figures.ts';

/**
 * Notes when the change that these chats must still follow came into force or arrived. It concerns only chats whose
 * cause is one of `causes`. Where there are several changes, the first one counts.
 */
export async function noteCaused(
  tx: Sql,
  ids: readonly string[],
  { causes, causedAt }: { causes: Iterable<string>; causedAt: Date },
): Promise<void> {
  await sql`update chat set caused_at = ${causedAt}
    where id = any(${[...ids]}::uuid[]) and cause = any(${[...causes]}) and generation > settled_generation
      and caused_at is null`.execute(tx);
}

/**
 * Keeps and returns, in ms, how long each chat took from the first change until it settled. Chats that still have
 * something to follow, and chats that followed no news, are left out.
 */
export async function recordDelays(
  tx: Sql,
  ids: readonly string[],
  at: Date,
): Promise<{ chatId: string; ms: number }[]> {
  const { rows } = await sql<{ chatId: string; ms: number }>`
    with caused as (
      select id, school_id, caused_at from chat
      where id = any(${[...ids]}::uuid[]) and caused_at is not null and generation = settled_generation
    ), cleared as (
      update chat set caused_at = null from caused where chat.id = caused.id
    )
    insert into order_delay (school_id, chat_id, caused_at, settled_at)
    select school_id, id, caused_at, greatest(${at}, caused_at) from caused
    returning chat_id as "chatId", (extract(epoch from settled_at - caused_at) * 1000)::float8 as ms`.execute(
    tx,
  );
  return rows;
}

/** Counts a school's delays from before `today`, the beginning of a day (UTC), into their days. Safe to repeat. */
export async function countDelays(tx: Sql, schoolId: string, today: Date): Promise<void> {
  await sql`
    with over as (
      delete from order_delay where school_id = ${schoolId} and settled_at < ${today} returning caused_at, settled_at
    ), buckets as (
      select (settled_at at time zone 'UTC')::date as day, ${bucketOf(delayMs)} as bucket, count(*) as n, max(${delayMs}) as most
      from over group by 1, 2
    )
    insert into delay_day as t (school_id, day, counts, most_ms)
    select ${schoolId}, day, jsonb_object_agg(bucket, n), max(most) from buckets group by day
    on conflict (school_id, day) do update set most_ms = greatest(t.most_ms, excluded.most_ms),
      counts = (select jsonb_object_agg(key, n) from (select key, sum(value::int) as n
        from (select * from jsonb_each_text(t.counts) union all select * from jsonb_each_text(excluded.counts)) c
        group by key) summed)`.execute(tx);
}
