import type { Context } from '../context.ts';
import { noteProgress } from '../rows/operation.ts';

/** Progress is written at most once in this time. A lost write does no harm. */
const INTERVAL_MS = 500;

/**
 * Gives a function that writes how far an operation's own work is. It writes outside the work's transaction, so that
 * people see it at once. When the work is done, the chats that have settled are the progress instead.
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
