import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { sumOf } from '../plan/counts.ts';
import type { PlanCounts } from '../plan/model.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { addToHold, beginOperation, openOperation, releaseEmptyHolds } from '../rows/operation.ts';
import type { Sql } from '../store/database.ts';
import { Marks } from '../store/operation-params.ts';
import { finishOperations } from './end-operations.ts';
import type { SchoolPlan } from './plan-school.ts';

/**
 * Gives the operation that owns the removals which the guard has newly held, so that somebody can approve or reject
 * them (F4). Null where the plan holds nothing new.
 *
 * The caller applies the plan under this operation. After the commit the caller calls finishOperations or wakes the
 * operations. The operation follows the chats of its plan and becomes «held» once they are done.
 *
 * A school has one such operation open at a time. Later removals join it, so that a busy day asks one question instead
 * of hundreds. `tx` must hold the school.
 */
export async function holdingOperation(
  ctx: Context,
  tx: Sql,
  { schoolId, plan }: SchoolPlan,
  about: { kind: 'events' | 'drift'; by: Author; cause: string; at: Date },
): Promise<string | null> {
  if (plan.breaches.length === 0) return null;
  const { kind, by, cause, at } = about;
  const open = await openHold(tx, schoolId);
  if (open) {
    await addToHold(tx, open.id, open.planned ? sumOf(open.planned, plan.counts) : plan.counts);
    return open.id;
  }
  const id = ctx.newId();
  const params = { following: true, planned: plan.counts, cause } as const;
  await openOperation(tx, { id, schoolId, kind, params, by, at });
  await beginOperation(tx, id, at);
  return id;
}

/** The row is locked, so that an operation cannot be closed while removals are added to it. */
async function openHold(
  tx: Sql,
  schoolId: string,
): Promise<{ id: string; planned: PlanCounts | undefined } | null> {
  const { rows } = await sql<{ id: string; params: unknown }>`
    select id, params from operation
    where school_id = ${schoolId} and kind in ('events', 'drift') and state in ('running', 'held') and params ? 'following'
    order by created_at limit 1 for update`.execute(tx);
  return rows[0] ? { id: rows[0].id, planned: Marks.parse(rows[0].params).planned } : null;
}

/**
 * Ends the holds that concern nobody any more. A held removal may resolve by itself: a stranger leaves the chat, or an
 * order takes the person out. The operation is then closed, and the chat stops saying «held».
 */
export async function endEmptyHolds(ctx: Context, schoolId: string): Promise<void> {
  const at = new Date(ctx.clock.now());
  const { ended, quiet } = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const ended = await releaseEmptyHolds(tx, schoolId);
    const { rows: quiet } = await sql<{ id: string }>`
      select c.id from chat c where school_id = ${schoolId} and condition = 'held' and deleted_at is null
        and generation = settled_generation
        and not exists (select from membership m where m.chat_id = c.id and m.held_by is not null)
        and not exists (select from sferum_member s where s.chat_id = c.id and s.held_by is not null)`.execute(
      tx,
    );
    const ids = quiet.map(({ id }) => id);
    await moveGenerations(tx, ids, { cause: `drift:${at.toISOString()}`, priority: 'bulk', at });
    return { ended, quiet: ids };
  });
  if (quiet.length > 0) ctx.wake('chats', { schoolId });
  await finishOperations(ctx, schoolId, ended);
}
