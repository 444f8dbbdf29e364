import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';

/**
 * Cancels an operation that has not begun; one that runs has written its facts and lists already and goes on
 * (409 `operation-running`): undo it afterwards.
 */
export async function cancelOperation(ctx: Context, ask: { operationId: string; by: string }): Promise<void> {
  const { rows } = await sql`
    update operation set state = 'cancelled', params = params || ${JSON.stringify({ cancelledBy: ask.by })}::jsonb, finished_at = ${new Date(ctx.clock.now())}
    where id = ${ask.operationId} and state = 'queued' returning id`.execute(ctx.db.sql);
  if (rows.length === 0) throw new Refusal(409, 'operation-running', 'Работа уже идёт или закончена');
  ctx.wake('operations');
}
