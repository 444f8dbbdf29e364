import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import { delayFigures } from '../../src/store/queries/delay-figures.ts';
import { oneRow } from '../../src/store/rows.ts';

/** How long chats took to hold what came into force (J9); null where nothing did. */
interface Delays {
  count: number;
  p50Seconds: number | null;
  p95Seconds: number | null;
  maxSeconds: number | null;
}

/**
 * Gives the delays of the chats that settled from the day (UTC) of `from` up to `to`. A day that is over counts as a
 * whole.
 */
export async function findDelays(db: Sql, schoolId: string, from: Date, to: Date): Promise<Delays> {
  const figures = delayFigures(sql`${schoolId}`, sql`${from}::timestamptz`, sql`${to}::timestamptz`);
  const { rows } = await sql<Delays>`
    select count, p50_ms / 1000 as "p50Seconds", p95_ms / 1000 as "p95Seconds", most_ms / 1000 as "maxSeconds"
    from ${figures} f`.execute(db);
  return oneRow(rows);
}

/** The delays of one day of the school's time zone. */
export interface DelaysOfDay extends Delays {
  day: string;
}

/** Gives the delays of the chats that have settled since `from`, by the school's own days. */
export async function delaysByDay(
  db: Sql,
  { schoolId, timeZone }: { schoolId: string; timeZone: string },
  from: Date,
): Promise<DelaysOfDay[]> {
  const { rows } = await sql<DelaysOfDay>`
    select (settled_at at time zone ${timeZone})::date::text as day, count(*)::int as count,
      percentile_cont(0.5) within group (order by seconds) as "p50Seconds",
      percentile_cont(0.95) within group (order by seconds) as "p95Seconds", max(seconds) as "maxSeconds"
    from (select settled_at, extract(epoch from settled_at - caused_at)::float8 as seconds from order_delay
      where school_id = ${schoolId} and settled_at >= ${from}) d
    group by 1 order by 1 desc`.execute(db);
  return rows;
}
