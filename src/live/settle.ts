import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import { moveGenerations } from '../planning/apply-plan.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { noteLines } from '../rows/journal.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { Brought } from './bring.ts';
import type { ChatState } from './chat-state.ts';
import { recordDelay } from './order-delay.ts';
import { wakeWaiting } from './silence.ts';

const MS_PER_SECOND = 1000;
/** A chat that is set aside is taken up again after a drift interval, then after twice as long, up to this. */
const LONGEST_ASIDE_MS = 24 * 3600_000;
/** Beyond it no wait is short of the longest one. */
const DOUBLINGS_COUNTED = 20;

export type ConditionStatus = 'synced' | 'behind' | 'held' | 'failing' | 'archived' | 'deleting';

export interface Condition {
  status: ConditionStatus;
  reason: string | null;
  /** Russian, says what to do where somebody must. */
  message: string | null;
}

/** What a chat's job cost, summed into its operation's result, and what stands in the way for good. */
export interface Outcome {
  apiCalls: number;
  /** Sferum has answered: it is not away. */
  isAnswered: boolean;
  /** It may still carry out something that was given up. */
  isInDoubt: boolean;
  problem?: Problem;
}

/**
 * Records the end of one generation's work: only if that generation is still to be settled (rule 4), in one
 * transaction with what Sferum holds and what was answered. A later generation stays due. A late worker records
 * nothing that it believes; where it wrote to Sferum after another's end, the chat is read once more.
 * `brought` null: what was found is not to be kept. `also`: what else ends with it, in the same transaction.
 * A chat that ends failing is set aside: drift.ts takes it up again after a while.
 */
export async function settle(
  ctx: Context,
  chat: ChatState,
  work: Outcome & { brought: Brought | null; condition: Condition },
  also: (tx: Sql) => Promise<void> = async () => undefined,
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const { brought } = work;
  const isAside = work.condition.status === 'failing';
  let delayMs: number | null = null;
  let woken = 0;
  const operations = await ctx.db.transactionOf(chat.schoolId, async ({ sql: tx }) => {
    const { rows } = await sql`
      update chat set settled_generation = ${chat.generation}, queued_at = null, attempts = 0, waits_for = null,
        look_again_at = ${lookAgainAt(ctx, chat, work, at)},
        not_before = case when ${isAside} and generation = ${chat.generation} then ${asideUntil(ctx, at)} end,
        set_aside_times = case when ${isAside} then set_aside_times + 1 else 0 end,
        seen_at = ${brought && !brought.unguarded ? brought.seenAt : null},
        condition = case when generation = ${chat.generation} then ${work.condition.status} else condition end,
        condition_reason = case when generation = ${chat.generation} then ${work.condition.reason} else condition_reason end,
        condition_message = case when generation = ${chat.generation} then ${work.condition.message} else condition_message end,
        condition_since = case when generation <> ${chat.generation} or condition = ${work.condition.status}
          then condition_since else ${at} end
      where id = ${chat.id} and settled_generation < ${chat.generation}
      returning id`.execute(tx);
    if (brought) await recordAnswers(tx, chat, brought, at);
    if (rows.length === 0) {
      if (brought?.answers.length)
        await moveGenerations(tx, [chat.id], { cause: 'late-worker', priority: chat.priority, at });
      await sql`update chat set seen_at = null where id = ${chat.id} and generation > settled_generation`.execute(
        tx,
      );
      return [];
    }
    if (brought) await recordObserved(tx, chat, brought, at);
    await also(tx);
    if (work.isAnswered) woken = await wakeWaiting(tx, chat.schoolId);
    if (!work.problem) delayMs = await recordDelay(tx, chat.id, at);
    return followed(tx, chat, work, at);
  });
  if (delayMs !== null) ctx.metrics.orderToChat(chat.schoolId, delayMs / MS_PER_SECOND);
  if (woken > 0) ctx.wake('chats');
  await finishOperations(ctx, chat.schoolId, operations);
}

/**
 * When the chat is read once more for what was in doubt, in this run or before it; an expression over its row. A look
 * that became due while this run went on was not asked for by it (observe.ts): it stays.
 */
function lookAgainAt(ctx: Context, chat: ChatState, { isInDoubt }: { isInDoubt: boolean }, at: Date) {
  const own = isInDoubt ? new Date(at.getTime() + ctx.config.limits.lateEffectMs) : chat.lookAgainAt;
  return sql`case when look_again_at <= ${at} and look_again_at is distinct from ${chat.lookAgainAt}::timestamptz
    then look_again_at else ${own}::timestamptz end`;
}

/** When a chat that is set aside now is taken up again; an expression over its row. */
export function asideUntil(ctx: Context, at: Date) {
  const firstMs = ctx.config.limits.driftIntervalMs;
  const waitMs = sql`least(${LONGEST_ASIDE_MS}::float8, ${firstMs}::float8 * power(2, least(set_aside_times, ${DOUBLINGS_COUNTED})))`;
  return sql`${at}::timestamptz + ${waitMs} * interval '1 millisecond'`;
}

/**
 * Leaves the generation due and says when to come again; what is known of the live chat is kept. A newer
 * generation does not wait for the troubles of this one.
 */
export async function postpone(
  ctx: Context,
  chat: ChatState,
  work: {
    brought: Brought | null;
    apiCalls: number;
    isAnswered: boolean;
    isInDoubt: boolean;
    afterMs: number;
    /** Whether this counts as a failed attempt (waiting in turn does not). */
    attempt: boolean;
    mustRead: boolean;
    condition: Condition | null;
  },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const { brought } = work;
  let woken = 0;
  const same = sql`generation = ${chat.generation}`;
  await ctx.db.transactionOf(chat.schoolId, async ({ sql: tx }) => {
    await sql`update operation_chat set api_calls = api_calls + ${work.apiCalls}
      where chat_id = ${chat.id} and done_at is null and generation is not null`.execute(tx);
    const { rows } = await sql`
      update chat set queued_at = null, look_again_at = ${lookAgainAt(ctx, chat, work, at)},
        waits_for = case when ${work.attempt && !work.isAnswered} then coalesce(waits_for, 'sferum') end,
        attempts = attempts + case when ${same} then ${work.attempt ? 1 : 0} else 0 end,
        seen_at = ${brought && !work.mustRead && !brought.unguarded ? brought.seenAt : null},
        not_before = case when ${same} then ${new Date(at.getTime() + Math.round(work.afterMs))} else not_before end,
        condition = ${work.condition ? work.condition.status : sql`condition`},
        condition_reason = ${work.condition ? work.condition.reason : sql`condition_reason`},
        condition_message = ${work.condition ? work.condition.message : sql`condition_message`},
        condition_since = case when condition = ${work.condition?.status ?? sql`condition`} then condition_since else ${at} end
      where id = ${chat.id} and settled_generation < ${chat.generation}
      returning id`.execute(tx);
    if (work.isAnswered) woken = await wakeWaiting(tx, chat.schoolId);
    if (!brought) return;
    await recordAnswers(tx, chat, brought, at);
    if (rows.length > 0) await recordObserved(tx, chat, brought, at);
  });
  if (woken > 0) ctx.wake('chats');
}

/** The job does nothing (more): it lets go of the chat, which is given out again if it is still due. */
export async function release(ctx: Context, chat: { schoolId: string; chatId: string }): Promise<void> {
  await sql`update chat set queued_at = null where id = ${chat.chatId} and school_id = ${chat.schoolId}`.execute(
    ctx.db.of(chat.schoolId),
  );
}

/**
 * Said before the first write to a live chat: until its outcome is recorded, what we believe of the chat is in
 * doubt. Whoever comes after a crash reads it first, whatever is desired by then (V3), and once more when what was
 * under way must have taken effect.
 */
export async function doubt(
  ctx: Context,
  { id, schoolId }: Pick<ChatState, 'id' | 'schoolId'>,
): Promise<void> {
  const lookAgain = new Date(ctx.clock.now() + ctx.config.limits.lateEffectMs);
  await sql`update chat set seen_at = null, look_again_at = ${lookAgain}
    where id = ${id} and school_id = ${schoolId}`.execute(ctx.db.of(schoolId));
}

async function recordObserved(tx: Sql, chat: ChatState, brought: Brought, at: Date): Promise<void> {
  const rows = [...brought.members].map(([userId, m]) => ({ userId, ...m, reason: m.reason ?? null }));
  const removed = brought.answers
    .filter((a) => a.step === 'remove' && a.result === 'done' && !brought.members.has(a.userId!))
    .map((a) => a.userId!);
  // One statement, and each member in one part of it: who is there, who was taken out, and who was believed in and
  // is not found there, gone by himself or taken out by somebody (D8).
  await sql`
    with seen as materialized (select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r("userId" bigint, admin boolean, state text, reason text)),
      removed as (delete from sferum_member where chat_id = ${chat.id} and vk_user_id = any(${removed}::bigint[])),
      gone as (update sferum_member set state = 'left', admin = false, reason = 'left', held_by = null, tries = tries + 1, seen_at = ${at}
        where chat_id = ${chat.id} and state in ('in', 'waiting') and vk_user_id <> all(${removed}::bigint[])
          and vk_user_id not in (select "userId" from seen))
    insert into sferum_member as s (chat_id, vk_user_id, school_id, admin, state, reason, seen_at)
    select ${chat.id}, "userId", ${chat.schoolId}, admin, state, reason, ${at} from seen
    on conflict (chat_id, vk_user_id) do update set
      admin = excluded.admin, state = excluded.state, seen_at = excluded.seen_at,
      reason = coalesce(excluded.reason, case when s.state = excluded.state then s.reason end)
    where (s.admin, s.state, s.reason) is distinct from (excluded.admin, excluded.state, excluded.reason)`.execute(
    tx,
  );
  const { title, inviteLink, linkDue, handover, lacksAdmin } = brought;
  const isAsBefore =
    title === chat.sferumTitle &&
    inviteLink === undefined &&
    linkDue === chat.linkDue &&
    handover === (chat.handoverSince !== null) &&
    lacksAdmin === chat.lacksAdmin;
  if (isAsBefore) return;
  await sql`update chat set sferum_title = ${title}, invite_link = coalesce(${inviteLink ?? null}, invite_link),
      link_due = ${linkDue}, lacks_admin = ${lacksAdmin},
      handover_since = case when ${handover} then coalesce(handover_since, ${at}) end
    where id = ${chat.id} and peer_id is not null`.execute(tx);
}

async function recordAnswers(tx: Sql, chat: ChatState, brought: Brought, at: Date): Promise<void> {
  const { id: chatId, schoolId, cause } = chat;
  await noteLines(
    tx,
    { schoolId, at, cause, author: bySystem('sferum') },
    brought.answers.map(({ step, ...details }) => ({ what: `sferum-${step}`, chatId, details })),
  );
}

/** Ticks the chat off in every operation that waited for this generation. */
async function followed(tx: Sql, chat: ChatState, outcome: Outcome, at: Date): Promise<string[]> {
  const { rows } = await sql<{ operation_id: string }>`
    update operation_chat set done_at = ${at}, api_calls = api_calls + ${outcome.apiCalls},
      problem = ${outcome.problem ? JSON.stringify(outcome.problem) : null}::jsonb
    where chat_id = ${chat.id} and done_at is null and generation <= ${chat.generation}
    returning operation_id`.execute(tx);
  return rows.map((r) => r.operation_id);
}
