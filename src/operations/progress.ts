import type { Context } from '../context.ts';
import { noteProgress } from '../rows/operation.ts';

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
    const progress = { schoolId, id: operationId, done, total };
    noteProgress(ctx.db.of(schoolId), progress).catch(() => undefined);
  };
}
