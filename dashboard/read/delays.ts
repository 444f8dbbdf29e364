import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';

/** How long chats took to hold what came into force (J9); null where nothing did. */
export interface Delays {
  count: number;
  p50Seconds: number | null;
  p95Seconds: number | null;
  maxSeconds: number | null;
}

/** Of the chats that settled from `from` up to `to`. */
export async function findDelays(db: Sql, schoolId: string, from: Date, to: Date): Promise<Delays> {
  const { rows } = await sql<Delays>`
    select count(*)::int as count,
      percentile_cont(0.5) within group (order by seconds) as "p50Seconds",
      percentile_cont(0.95) within group (order by seconds) as "p95Seconds",
      max(seconds) as "maxSeconds"
    from (select extract(epoch from settled_at - caused_at)::float8 as seconds from order_delay
      where school_id = ${schoolId} and settled_at >= ${from} and settled_at < ${to}) d`.execute(db);
  return rows[0]!;
}
