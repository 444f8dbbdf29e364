import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** Counts the chats in each condition for /metrics. The sweep calls it. */
export async function countConditions(ctx: Context): Promise<void> {
  const { rows } = await sql<{ condition: string; chats: number }>`
    select condition, count(*)::int as chats from chat where deleted_at is null group by condition`.execute(
    ctx.db.across('figures'),
  );
  ctx.metrics.conditions(Object.fromEntries(rows.map((r) => [r.condition, r.chats])));
}
