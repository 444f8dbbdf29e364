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
    // The condition is not told, so the later generation must meet what stands in the way itself.
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

/** What an end of work says whatever it is. A write in doubt has the chat read once more when it must have taken effect. */
function workedOn(ctx: Context, chat: ChatState, { isInDoubt }: { isInDoubt: boolean }, at: Date) {
  const { id, generation, lookAgainAt: was } = chat;
  const own = isInDoubt ? new Date(at.getTime() + ctx.config.limits.lateEffectMs) : was;
  return { id, generation, lookAgain: { was, at: own } };
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
 * Said before the first write to a live chat: until its outcome is recorded, what we believe of the chat is in
 * doubt. Whoever comes after a crash reads it first, whatever is desired by then (V3), and once more when what was
 * under way must have taken effect.
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
