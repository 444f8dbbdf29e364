/**
 * How long chats took to hold what came into force (J9). A delay counts in the bucket of its length, and buckets of
 * several days add up. Each bucket ends 2.5 % later than the one before. A figure is the end of its bucket, so it is at
 * most that much too long.
 */
import { type RawBuilder, sql } from 'kysely';

const RATIO = 1.025;

/** Gives in SQL the bucket of a delay in ms. */
export function bucketOf(ms: RawBuilder<unknown>): RawBuilder<number> {
  return sql`ceil(ln(greatest(${ms}, 1)) / ln(${RATIO}::float8))::int`;
}

/** Gives in SQL the delay in ms of a row of order_delay. */
export const delayMs = sql<number>`(extract(epoch from settled_at - caused_at) * 1000)::float8`;

/**
 * Gives in SQL one row about the chats that settled from the day (UTC) of `from` up to `to`: count, p50_ms, p95_ms,
 * most_ms; null where nothing settled. A day that is over counts as a whole.
 */
export function delayFigures(
  schoolId: RawBuilder<unknown>,
  from: RawBuilder<unknown>,
  to: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const figure = (share: number) =>
    sql`least(max(most_ms), power(${RATIO}::float8, min(bucket) filter (where upto >= ${share}::float8 * total)))`;
  return sql`(
    with counted as (
      select c.key::int as bucket, c.value::int as n, d.most_ms from delay_day d cross join jsonb_each_text(d.counts) c
      where d.school_id = ${schoolId} and d.day >= ((${from}) at time zone 'UTC')::date and d.day < (${to}) at time zone 'UTC'
      union all
      select ${bucketOf(delayMs)}, 1, ${delayMs} from order_delay
      where school_id = ${schoolId} and settled_at >= date_trunc('day', (${from}), 'UTC') and settled_at < ${to}
    ), ranked as (
      select bucket, max(most_ms) as most_ms, sum(sum(n)) over (order by bucket) as upto, sum(sum(n)) over () as total
      from counted group by bucket
    )
    select coalesce(max(total), 0)::int as count, ${figure(0.5)} as p50_ms, ${figure(0.95)} as p95_ms,
      max(most_ms) as most_ms from ranked)`;
}
