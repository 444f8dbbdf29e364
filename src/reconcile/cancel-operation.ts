import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { noteLine } from '../rows/journal.ts';
import { operationsOf } from '../store/operation-row.ts';

/**
 * Cancels an operation that has not begun; one that runs has written its facts and lists already and goes on
 * (409 `operation-running`): undo it afterwards.
 */
export async function cancelOperation(
  ctx: Context,
  ask: { schoolId: string | null; operationId: string; by: Author },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const { schoolId } = ask;
  const { rows } = await sql<{ kind: string }>`
    update operation set state = 'cancelled', params = params || ${JSON.stringify({ cancelledBy: ask.by.id })}::jsonb, finished_at = ${at}
    where id = ${ask.operationId} and school_id is not distinct from ${schoolId} and state = 'queued'
    returning kind`.execute(operationsOf(ctx, schoolId));
  if (rows.length === 0) throw new Refusal(409, 'operation-running', 'Работа уже идёт или закончена');
  const { kind } = rows[0]!;
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
  ctx.wake('operations');
}
