import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { ChatType } from '../desired/model.ts';
import type { Operation } from '../store/entities.ts';
import { findOperationRow } from '../store/operation-row.ts';

const LOOK_INTERVAL_MS = 200;

export interface Step {
  operation: Operation;
  /** Chats done and planned, by type, once there is a plan. */
  byType: Map<ChatType, { done: number; total: number }>;
}

/** Looks at an operation until it ends, and calls `onStep` at each look. */
export async function followOperation(
  ctx: Context,
  id: string,
  { onStep, lookEveryMs = LOOK_INTERVAL_MS }: { onStep?: (step: Step) => void; lookEveryMs?: number } = {},
): Promise<Operation> {
  let schoolId: string | null = null;
  for (;;) {
    const operation: Operation = await find(ctx, schoolId, id);
    schoolId = operation.schoolId ?? null;
    if (onStep) onStep({ operation, byType: await byType(ctx, id) });
    if (operation.state !== 'queued' && operation.state !== 'running') return operation;
    await ctx.clock.sleep(lookEveryMs);
  }
}

/**
 * Finds an operation in its school, where that is known, or in any: an import's operation belongs to its school only once
 * the file was read.
 */
async function find(ctx: Context, schoolId: string | null, id: string): Promise<Operation> {
  const known = schoolId === null ? null : await findOperationRow(ctx, schoolId, id);
  if (known) return known;
  const { school_id } = await ctx.db
    .across('demo')
    .selectFrom('operation')
    .select('school_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return (await findOperationRow(ctx, school_id, id)) ?? find(ctx, school_id, id);
}

async function byType(ctx: Context, id: string): Promise<Step['byType']> {
  const { rows } = await sql<{ type: ChatType; done: string; total: string }>`
    select type, count(done_at) as done, count(*) as total from operation_chat
    where operation_id = ${id} and generation is not null group by type`.execute(ctx.db.across('demo'));
  return new Map(rows.map((r) => [r.type, { done: Number(r.done), total: Number(r.total) }]));
}
