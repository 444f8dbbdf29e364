import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** Progress is written at most so often; a lost write is of no account. */
const INTERVAL_MS = 500;

/**
 * Tells an operation's followers how far its own work is, outside its transaction. Once its chats are followed,
 * they are the progress instead.
 */
export function reportProgress(
  ctx: Context,
  schoolId: string,
  operationId: string,
): (done: number, total: number) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const nowMs = ctx.clock.elapsed();
    if (nowMs - lastMs < INTERVAL_MS && done < total) return;
    lastMs = nowMs;
    sql`update operation set done = ${done}, total = ${total}
      where id = ${operationId} and school_id = ${schoolId} and state = 'running' and not params ? 'following'`
      .execute(ctx.db.of(schoolId))
      .catch(() => undefined);
  };
}
