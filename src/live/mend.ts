import { sql } from 'kysely';
import { type Author, bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import type { ChatType } from '../desired/model.ts';
import { LEAVES_RESPECTED, REFUSAL_LASTS_MS } from '../plan/leaves.ts';
import { applyPlan } from '../planning/apply-plan.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { holdingOperation } from '../planning/holding.ts';
import { planSchool, type SchoolPlan } from '../planning/plan-school.ts';
import { noteFollowing, type OfSchool } from '../rows/operation.ts';
import { addPlanned } from '../rows/operation-chat.ts';
import type { Priority } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import type { CheckObstacle } from '../store/operation-params.ts';

/** Plans, through the guard, what differs in chats that were just read. Their jobs mend it. */
export async function mend(
  ctx: Context,
  schoolId: string,
  ids: readonly string[],
  author: Author = bySystem('drift'),
): Promise<void> {
  const how = { schoolId, author, priority: 'bulk' } as const;
  const mended = await ctx.db.holdingSchool(schoolId, ({ sql: tx }) => planDrift(ctx, tx, ids, how));
  if (mended) await followMended(ctx, schoolId, mended);
}

/** Does the same for a check that a person asked for, which follows the chats until they have no work left (K7). */
export async function mendUnder(
  ctx: Context,
  check: OfSchool,
  ids: readonly string[],
  obstacles: readonly CheckObstacle[],
): Promise<void> {
  const { schoolId } = check;
  const how = { schoolId, author: bySystem('drift'), priority: 'person' } as const;
  const mended = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const planned = await planDrift(ctx, tx, ids, how);
    const { rows: due } = await sql<{ chatId: string; type: ChatType; title: string }>`
      select id as "chatId", type, title from chat
      where id = any(${[...ids]}::uuid[]) and generation > settled_generation`.execute(tx);
    const actions = new Map(planned?.plan.chats.map((chat) => [chat.chatId, chat.actions]));
    const chats = due.map((chat) => ({ ...chat, actions: actions.get(chat.chatId) ?? [] }));
    await addPlanned(tx, check, chats, new Set(due.map(({ chatId }) => chatId)));
    await noteFollowing(tx, check, { obstacles });
    return planned;
  });
  if (mended) await followMended(ctx, schoolId, mended);
  await finishOperations(ctx, schoolId, [check.id]);
}

interface Mended {
  /** The operation that holds what the guard stopped, or null. */
  holdId: string | null;
  plan: SchoolPlan['plan'];
}

/** Plans and applies what differs. Null where nothing does. `tx` must hold the school. */
async function planDrift(
  ctx: Context,
  tx: Sql,
  ids: readonly string[],
  { schoolId, author, priority }: { schoolId: string; author: Author; priority: Priority },
): Promise<Mended | null> {
  const drifted = await driftedChats(ctx, tx, ids);
  if (drifted.length === 0) return null;
  const school = await planSchool(ctx, tx, {
    schoolId,
    types: [...new Set(drifted.map((c) => c.type))],
    strict: false,
    day: null,
    recreate: false,
    only: new Set(drifted.map((c) => c.id)),
  });
  const at = new Date(ctx.clock.now());
  const cause = `drift:${at.toISOString()}`;
  const holdId = await holdingOperation(ctx, tx, school, { kind: 'drift', by: author, cause, at });
  await applyPlan(ctx, tx, school, { cause, author, priority, operationId: holdId, at });
  return { holdId, plan: school.plan };
}

async function followMended(ctx: Context, schoolId: string, { holdId, plan }: Mended): Promise<void> {
  ctx.wake('chats', { schoolId });
  if (holdId === null) return;
  ctx.metrics.removalsHeld(plan.counts.held);
  await finishOperations(ctx, schoolId, [holdId]);
}

/**
 * Finds those of the chats whose people, admins or title at Sferum differ from the list. Work that is still due brings
 * what the list says, and it was told when it was planned. So beside such work only strangers count, because they must
 * pass the guard before that work takes them out.
 */
async function driftedChats(
  ctx: Context,
  tx: Sql,
  ids: readonly string[],
): Promise<{ id: string; type: ChatType }[]> {
  const refusedBefore = new Date(ctx.clock.now() - REFUSAL_LASTS_MS);
  const { rows } = await sql<{ id: string; type: ChatType }>`
    with target as (
      select m.chat_id, l.vk_user_id, bool_or(m.admin) as admin from membership m
      join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
      where m.chat_id = any(${[...ids]}::uuid[]) group by 1, 2),
    live as (select * from sferum_member where chat_id = any(${[...ids]}::uuid[]))
    select c.id, c.type from chat c where c.id = any(${[...ids]}::uuid[]) and (
      c.generation = c.settled_generation and (c.sferum_title is distinct from c.title
        or c.id in (select chat_id from target t left join live s using (chat_id, vk_user_id)
          where (s.state is null or s.state = 'left' and s.tries < ${LEAVES_RESPECTED}
            or s.state = 'refused' and s.seen_at < ${refusedBefore} or s.state = 'in' and s.admin <> t.admin)))
      or c.id in (select s.chat_id from live s left join target t using (chat_id, vk_user_id)
        where s.state in ('in', 'waiting') and t.chat_id is null and s.held_by is null))`.execute(tx);
  return rows;
}
