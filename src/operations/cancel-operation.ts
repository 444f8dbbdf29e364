import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { noteLine } from '../rows/journal.ts';
import { cancelQueued } from '../rows/operation.ts';
import { operationsOf } from '../store/operation-row.ts';

/**
 * Cancels an operation that has not begun. Throws Refusal(409) `operation-running` for one that runs, because its facts
 * and lists are already written. Such an operation can be undone afterwards.
 */
export async function cancelOperation(
  ctx: Context,
  ask: { schoolId: string | null; operationId: string; by: Author },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const { schoolId } = ask;
  const queued = { schoolId, id: ask.operationId, by: ask.by, at };
  const kind = await cancelQueued(operationsOf(ctx, schoolId), queued);
  if (kind === null) throw new Refusal(409, 'operation-running', 'Работа уже идёт или закончена');
  if (schoolId !== null) {
    const cause = `cancellation:${ask.operationId}`;
    await noteLine(ctx.db.of(schoolId), {
      schoolId,
      at,
      what: 'cancelled',
      cause,
      author: ask.by,
      details: { kind },
    });
  }
  if (schoolId === null) ctx.wake('files');
  else ctx.wake('operations', { schoolId });
}
