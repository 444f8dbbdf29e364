import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import { finishOperations } from '../planning/end-operations.ts';
import type { Condition } from '../rows/chat-condition.ts';
import { recordDelays } from '../rows/chat-delay.ts';
import { moveGenerations, postponeChats, settleChats, wakeWaiting } from '../rows/chat-outbox.ts';
import { noteDoubt, noteFound, readFirst } from '../rows/chat-seen.ts';
import { noteLines } from '../rows/journal.ts';
import { addCalls, tickOff } from '../rows/operation-chat.ts';
import { forgetRefused, recordSeen } from '../rows/sferum-member.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { Brought } from './brought.ts';
import type { ChatState } from './chat-state.ts';

const MS_PER_SECOND = 1000;

/** What a chat's job cost, which is summed into its operation's result, and what stands in the way for good. */
export interface Outcome {
  apiCalls: number;
  /** True where Sferum has answered, so that it cannot be away. */
  isAnswered: boolean;
  /** True where Sferum may still carry out a write whose outcome is unknown. */
  isInDoubt: boolean;
  problem?: Problem;
}

/**
 * Records the end of one generation's work, in one transaction with what Sferum holds and what it has answered. It does
 * so only if that generation is still to be settled (rule 4). A later generation stays due. `brought` is null where
 * what the work found must not be kept. `also` runs in the same transaction.
 *
 * A worker that comes late, after another has settled the generation, records its answers alone, because its knowledge
 * of the chat is old. If it has written to Sferum, the chat is read once more.
 *
 * A chat that ends as failing is set aside, and drift.ts takes it up again after a pause.
 */
export async function settle(
  ctx: Context,
  chat: ChatState,
  work: Outcome & { brought: Brought | null; condition: Condition },
  also: (tx: Sql) => Promise<void> = async () => undefined,
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const { brought } = work;
  let delayMs: number | undefined;
  let woken = 0;
  const operations = await ctx.db.transactionOf(chat.schoolId, async ({ sql: tx }) => {
    const worked = {
      ...workedOn(ctx, chat, work, at),
      seenAt: brought && !brought.unguarded ? brought.seenAt : null,
    };
    const settled = await settleChats(tx, [{ ...worked, condition: work.condition }], {
      ...{ at, firstAsideMs: ctx.config.limits.driftIntervalMs },
    });
    if (brought) await recordAnswers(tx, chat, brought, at);
    const end = settled.get(chat.id);
    if (!end) {
      if (brought?.answers.length)
        await moveGenerations(tx, [chat.id], { cause: 'late-worker', priority: chat.priority, at });
      await readFirst(tx, [chat.id]);
      return [];
    }
    if (brought) await recordObserved(tx, chat, brought, at);
    // A later generation is due, so this condition is not shown. The later one must ask for the refused people itself.
    if (end.isDue && work.condition.status === 'failing') await forgetRefused(tx, [chat.id]);
    await also(tx);
    if (work.isAnswered) woken = await wakeWaiting(tx, chat.schoolId);
    if (!work.problem) delayMs = (await recordDelays(tx, [chat.id], at))[0]?.ms;
    const { apiCalls, problem = null } = work;
    return tickOff(tx, [{ chatId: chat.id, generation: chat.generation, apiCalls, problem }], at);
  });
  if (delayMs !== undefined) ctx.metrics.orderToChat(chat.schoolId, delayMs / MS_PER_SECOND);
  if (woken > 0) ctx.wake('chats');
  await finishOperations(ctx, chat.schoolId, operations);
}

/** What settling and postponing have in common. After a write in doubt the chat is read again after `lateEffectMs`. */
function workedOn(ctx: Context, chat: ChatState, { isInDoubt }: { isInDoubt: boolean }, at: Date) {
  const { id, generation, lookAgainAt: was } = chat;
  const own = isInDoubt ? new Date(at.getTime() + ctx.config.limits.lateEffectMs) : was;
  return { id, generation, lookAgain: { was, at: own } };
}

/**
 * Leaves the generation due and says when the work comes again. What the work has found of the chat is kept, unless
 * `mustRead`. A newer generation does not wait for the troubles of this one.
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
    /** True where this run counts as a failed attempt. Waiting for a turn does not. */
    attempt: boolean;
    mustRead: boolean;
    condition: Condition | null;
  },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const { brought } = work;
  let woken = 0;
  await ctx.db.transactionOf(chat.schoolId, async ({ sql: tx }) => {
    await addCalls(tx, [{ chatId: chat.id, apiCalls: work.apiCalls }]);
    const { attempt, isAnswered, condition } = work;
    const isKnown = brought && !work.mustRead && !brought.unguarded;
    const postponed = {
      ...workedOn(ctx, chat, work, at),
      ...{ attempt, isAnswered, condition, seenAt: isKnown ? brought.seenAt : null },
      until: new Date(at.getTime() + Math.round(work.afterMs)),
    };
    const due = await postponeChats(tx, [postponed], at);
    if (work.isAnswered) woken = await wakeWaiting(tx, chat.schoolId);
    if (!brought) return;
    await recordAnswers(tx, chat, brought, at);
    if (due.has(chat.id)) await recordObserved(tx, chat, brought, at);
  });
  if (woken > 0) ctx.wake('chats');
}

/**
 * Marks what is known of a live chat as doubtful before the first write to it, until the outcome is recorded. After a
 * crash the next job then reads the chat first (V3), and once more when the interrupted write must have taken effect.
 */
export async function doubt(
  ctx: Context,
  { id, schoolId }: Pick<ChatState, 'id' | 'schoolId'>,
): Promise<void> {
  const lookAgain = new Date(ctx.clock.now() + ctx.config.limits.lateEffectMs);
  await noteDoubt(ctx.db.of(schoolId), [id], lookAgain);
}

async function recordObserved(tx: Sql, chat: ChatState, brought: Brought, at: Date): Promise<void> {
  const removed = brought.answers
    .filter((a) => a.step === 'remove' && a.result === 'done' && !brought.members.has(a.userId!))
    .map((a) => a.userId!);
  const members = [...brought.members].map(([userId, member]) => ({ userId, ...member }));
  await recordSeen(tx, { schoolId: chat.schoolId, at }, [{ chatId: chat.id, members, removed }]);
  const { title, inviteLink, linkDue, handover, lacksAdmin } = brought;
  const isAsBefore =
    title === chat.sferumTitle &&
    inviteLink === undefined &&
    linkDue === chat.linkDue &&
    handover === (chat.handoverSince !== null) &&
    lacksAdmin === chat.lacksAdmin;
  if (isAsBefore) return;
  const found = { id: chat.id, title, inviteLink: inviteLink ?? null, linkDue, handover, lacksAdmin };
  await noteFound(tx, [found], at);
}

async function recordAnswers(tx: Sql, chat: ChatState, brought: Brought, at: Date): Promise<void> {
  const { id: chatId, schoolId, cause } = chat;
  await noteLines(
    tx,
    { schoolId, at, cause, author: bySystem('sferum') },
    brought.answers.map(({ step, ...details }) => ({ what: `sferum-${step}`, chatId, details })),
  );
}
