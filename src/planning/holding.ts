import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { sumOf } from '../plan/counts.ts';
import type { PlanCounts } from '../plan/model.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { addToHold, beginOperation, openOperation, releaseEmptyHolds } from '../rows/operation.ts';
import type { Sql } from '../store/database.ts';
import type { OperationKind } from '../store/entities.ts';
import { finishOperations } from './end-operations.ts';
import type { SchoolPlan } from './plan-school.ts';

/**
 * What the guard holds anew is an operation, so that somebody can approve or reject it (F4). It follows the chats of
 * its plan and is held once they are done: the caller applies the plan under it and, after the commit, closes it
 * (finishOperations) or wakes the operations. Null where nothing is held that no other operation holds already.
 *
 * A school has one such operation open at a time: what is held meanwhile is added to it, so that a lively day asks
 * one question and not hundreds. `tx` holds the school.
 */
export async function holdingOperation(
  ctx: Context,
  tx: Sql,
  { schoolId, plan }: SchoolPlan,
  about: { kind: OperationKind; by: Author; cause: string; at: Date },
): Promise<string | null> {
  if (plan.breaches.length === 0) return null;
  const { kind, by, cause, at } = about;
  const open = await openHold(tx, schoolId);
  if (open) {
    await addToHold(tx, open.id, open.planned ? sumOf(open.planned, plan.counts) : plan.counts);
    return open.id;
  }
  const id = ctx.newId();
  const params = { following: true, planned: plan.counts, cause };
  await openOperation(tx, { id, schoolId, kind, params, by, at });
  await beginOperation(tx, id, at);
  return id;
}

/** Locked: whoever is closing it has done so, or sees what is added. */
async function openHold(
  tx: Sql,
  schoolId: string,
): Promise<{ id: string; planned: PlanCounts | null } | null> {
  const { rows } = await sql<{ id: string; planned: PlanCounts | null }>`
    select id, params->'planned' as planned from operation
    where school_id = ${schoolId} and kind in ('events', 'drift') and state in ('running', 'held') and params ? 'following'
    order by created_at limit 1 for update`.execute(tx);
  return rows[0] ?? null;
}

/**
 * What waited may go by itself: strangers leave, an order takes out whom the lists had dropped. A question about nobody
 * is over, and a chat says «held» no longer than somebody in it waits.
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
  if (quiet.length > 0) ctx.wake('chats');
  await finishOperations(ctx, schoolId, ended);
}
