import { sql } from 'kysely';
import type { Sql } from '../database.ts';

export interface OrderDelays {
  /** Chats that followed something. */
  count: number;
  /** Null: none did. */
  p50Seconds: number | null;
  p95Seconds: number | null;
}

/** J9: from what came into force (or arrived, if later) to the chat in Sferum, of what settled from `from` until `to`. */
export async function orderDelays(db: Sql, schoolId: string, from: Date, to: Date): Promise<OrderDelays> {
  const { rows } = await sql<OrderDelays>`
    select count(*)::int as count,
      percentile_cont(0.5) within group (order by extract(epoch from settled_at - caused_at)::float8) as "p50Seconds",
      percentile_cont(0.95) within group (order by extract(epoch from settled_at - caused_at)::float8) as "p95Seconds"
    from order_delay where school_id = ${schoolId} and settled_at >= ${from} and settled_at < ${to}`.execute(
    db,
  );
  return rows[0]!;
}
