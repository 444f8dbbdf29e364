import { bySystem } from '../author.ts';
import { SECOND_MS } from '../clock.ts';
import type { Context } from '../context.ts';
import { finishOperations } from '../planning/end-operations.ts';
import type { Condition } from '../rows/chat-condition.ts';
import { recordDelays } from '../rows/chat-delay.ts';
import { lockChats, moveGenerations, postponeChats, settleChats, wakeWaiting } from '../rows/chat-outbox.ts';
import { noteDoubt, noteFound, readFirst } from '../rows/chat-seen.ts';
import { noteLines } from '../rows/journal.ts';
import { addCalls, tickOff } from '../rows/operation-chat.ts';
import { forgetRefused, recordSeen, type Seen } from '../rows/sferum-member.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import { gathering } from '../store/gather.ts';
import { sure } from '../sure.ts';
import type { Brought } from './brought.ts';
import { type ChatState, placeOf } from './chat-state.ts';
import { endChats } from './take-down.ts';

/** What a chat's job cost and found. The cost is summed into its operation's result. */
interface Outcome {
  apiCalls: number;
  /** True where Sferum has answered, so that it cannot be away. */
  isAnswered: boolean;
  /** True where Sferum may still carry out a write whose outcome is unknown. */
  isInDoubt: boolean;
  /** What the work found. Null where that must not be kept. */
  brought: Brought | null;
}

/** The end of the work on one generation. */
interface End extends Outcome {
  condition: Condition;
  problem?: Problem;
  /** True where the chat was deleted and is gone at Sferum. */
  isTakenDown?: boolean;
}

type Of<Work> = Work & { chat: ChatState };

/**
 * Records the end of one generation's work, in one transaction with what Sferum holds and what it has answered. It does
 * so only if that generation is still to be settled (rule 4). A later generation stays due. Ends of chats of one school
 * that come together share the transaction.
 *
 * A worker that comes late, after another has settled the generation, records its answers alone, because its knowledge
 * of the chat is old. If it has written to Sferum, the chat is read once more.
 *
 * A chat that ends as failing is set aside, and drift.ts takes it up again after a pause.
 */
export function settle(ctx: Context, chat: ChatState, end: End): Promise<void> {
  return settling(ctx, placeOf(chat), { ...end, chat });
}

const settling = gathering(async (ctx: Context, schoolId: string, ends: readonly Of<End>[]) => {
  const at = new Date(ctx.clock.now());
  const told = await ctx.db.transactionOf(schoolId, ({ sql: tx }) => settleAll(ctx, tx, ends, at));
  for (const { ms } of told.delays) ctx.metrics.orderToChat(schoolId, ms / SECOND_MS);
  if (told.woken > 0) ctx.wake('chats', { schoolId });
  await close(ctx, schoolId, told.operations);
  return ends.map(() => undefined);
});

/**
 * Closes the operations whose chats are all settled. A trouble here is logged and not thrown, because the chats are
 * settled all the same. The operation's own job then closes it.
 */
async function close(ctx: Context, schoolId: string, operationIds: readonly string[]): Promise<void> {
  for (const operationId of new Set(operationIds)) {
    try {
      await finishOperations(ctx, schoolId, [operationId]);
    } catch (error) {
      ctx.log.error({ schoolId, operationId, err: error }, 'an operation cannot be closed');
    }
  }
}

async function settleAll(ctx: Context, tx: Sql, ends: readonly Of<End>[], at: Date) {
  const { schoolId } = sure(ends[0]).chat;
  await lockChats(tx, idsOf(ends));
  const settled = await settleChats(
    tx,
    ends.map((end) => ({ ...workedOn(ctx, end, at), seenAt: surelySeen(end), condition: end.condition })),
    { schoolId, at, firstAsideMs: ctx.config.limits.driftIntervalMs },
  );
  await recordAnswers(tx, ends, at);
  const [owned, late] = parted(ends, ({ chat }) => settled.has(chat.id));
  await comeLate(tx, late, at);
  if (owned.length === 0) return { operations: [], delays: [], woken: 0 };
  await recordObserved(tx, owned, at);
  // A later generation is due, so this condition is not shown. The later one must ask for the refused people itself.
  const left = ({ chat }: Of<End>) => sure(settled.get(chat.id));
  const isOvertaken = (end: Of<End>) => left(end).isDue && end.condition.status === 'failing';
  const overtaken = owned.filter(isOvertaken);
  if (overtaken.length > 0) await forgetRefused(tx, idsOf(overtaken));
  const takenDown = owned.filter(({ isTakenDown }) => isTakenDown);
  if (takenDown.length > 0) await endChats(ctx, tx, idsOf(takenDown));
  const isAwaited = owned.some((end) => end.isAnswered && left(end).isAwaited);
  const woken = isAwaited ? await wakeWaiting(tx, schoolId) : 0;
  const caused = owned.filter((end) => !end.problem && left(end).isCaused);
  const delays = caused.length > 0 ? await recordDelays(tx, idsOf(caused), at) : [];
  const ticked = owned.map(({ chat, apiCalls, problem = null }) => ({
    ...{ chatId: chat.id, generation: chat.generation, apiCalls, problem },
  }));
  return { operations: await tickOff(tx, ticked, at), delays, woken };
}

/** The chats whose generation another worker has settled. What was written to them since is read once more. */
async function comeLate(tx: Sql, late: readonly Of<End>[], at: Date): Promise<void> {
  if (late.length === 0) return;
  for (const { chat, brought } of late) {
    if (brought?.answers.length)
      await moveGenerations(tx, [chat.id], { cause: 'late-worker', priority: chat.priority, at });
  }
  await readFirst(tx, idsOf(late));
}

/** When and why the work comes again on a generation that stays due. */
interface Again extends Outcome {
  afterMs: number;
  /** True where this counts as a failed attempt. Waiting for a turn does not. */
  attempt: boolean;
  mustRead: boolean;
  /** Null keeps the condition that people see. */
  condition: Condition | null;
}

/**
 * Leaves the generation due and says when the work comes again. What the work has found of the chat is kept, unless
 * `mustRead`. A newer generation does not wait for the troubles of this one.
 */
export function postpone(ctx: Context, chat: ChatState, again: Again): Promise<void> {
  return postponing(ctx, placeOf(chat), { ...again, chat });
}

const postponing = gathering(async (ctx: Context, schoolId: string, agains: readonly Of<Again>[]) => {
  const at = new Date(ctx.clock.now());
  const woken = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    await lockChats(tx, idsOf(agains));
    await addCalls(
      tx,
      agains.map(({ chat, apiCalls }) => ({ chatId: chat.id, apiCalls })),
    );
    const postponed = agains.map((again) => {
      const { attempt, isAnswered, condition, mustRead, afterMs } = again;
      return {
        ...workedOn(ctx, again, at),
        ...{ attempt, isAnswered, condition, seenAt: mustRead ? null : surelySeen(again) },
        until: new Date(at.getTime() + Math.round(afterMs)),
      };
    });
    const due = await postponeChats(tx, postponed, at);
    const answered = agains.some(({ isAnswered }) => isAnswered);
    const number = answered ? await wakeWaiting(tx, schoolId) : 0;
    await recordAnswers(tx, agains, at);
    await recordObserved(
      tx,
      agains.filter(({ chat }) => due.has(chat.id)),
      at,
    );
    return number;
  });
  if (woken > 0) ctx.wake('chats', { schoolId });
  return agains.map(() => undefined);
});

/** What settling and postponing have in common. After a write in doubt the chat is read again after `lateEffectMs`. */
function workedOn(ctx: Context, { chat, isInDoubt }: Of<Outcome>, at: Date) {
  const { id, generation, lookAgainAt: was } = chat;
  const own = isInDoubt ? new Date(at.getTime() + ctx.config.limits.lateEffectMs) : was;
  return { id, generation, lookAgain: { was, at: own } };
}

const surelySeen = ({ brought }: Outcome): Date | null =>
  brought && !brought.unguarded ? brought.seenAt : null;

const idsOf = (works: readonly Of<unknown>[]): string[] => works.map(({ chat }) => chat.id);

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/**
 * Marks what is known of a live chat as doubtful before the first write to it, until the outcome is recorded. After a
 * crash the next job then reads the chat first (V3), and once more when the interrupted write must have taken effect.
 */
export function doubt(ctx: Context, chat: ChatState): Promise<void> {
  return doubting(ctx, placeOf(chat), chat.id);
}

const doubting = gathering(async (ctx: Context, schoolId: string, ids: readonly string[]) => {
  const lookAgain = new Date(ctx.clock.now() + ctx.config.limits.lateEffectMs);
  await noteDoubt(ctx.db.of(schoolId), ids, lookAgain);
  return ids.map(() => undefined);
});

/** Writes what the works have found, where the rows hold something else. */
async function recordObserved(tx: Sql, works: readonly Of<Outcome>[], at: Date): Promise<void> {
  const found = works.flatMap(({ chat, brought }) => (brought ? [{ chat, brought }] : []));
  const seen = found.flatMap(({ chat, brought }) => seenBy(chat.id, brought) ?? []);
  if (seen.length > 0) await recordSeen(tx, { schoolId: sure(found[0]).chat.schoolId, at, by: 'work' }, seen);
  const changed = found.filter(({ chat, brought }) => !isAsBefore(chat, brought));
  if (changed.length === 0) return;
  const live = changed.map(({ chat, brought }) => {
    const { title, inviteLink, linkDue, handover, lacksAdmin } = brought;
    return { id: chat.id, title, inviteLink: inviteLink ?? null, linkDue, handover, lacksAdmin };
  });
  await noteFound(tx, live, at);
}

/** Says what the rows do not hold yet. Null where they hold all. */
function seenBy(chatId: string, { members, recorded, answers }: Brought): Seen | null {
  const all = [...members].map(([userId, member]) => ({ userId, ...member }));
  const changed = all.filter(({ userId, admin, state, reason }) => {
    const known = recorded.members.get(userId);
    return reason !== undefined || known?.admin !== admin || known.state !== state;
  });
  const removed = answers
    .filter((a) => a.step === 'remove' && a.result === 'done' && !members.has(sure(a.userId)))
    .map((a) => sure(a.userId));
  const isSomebodyGone = [...recorded.members.keys()].some((id) => !members.has(id) && !removed.includes(id));
  if (isSomebodyGone) return { chatId, members: all, removed };
  return changed.length + removed.length > 0 ? { chatId, members: changed, removed, isPart: true } : null;
}

function isAsBefore(chat: ChatState, brought: Brought): boolean {
  const { title, inviteLink, linkDue, handover, lacksAdmin, recorded } = brought;
  return (
    title === recorded.title &&
    inviteLink === undefined &&
    linkDue === chat.linkDue &&
    handover === (chat.handoverSince !== null) &&
    lacksAdmin === chat.lacksAdmin
  );
}

async function recordAnswers(tx: Sql, works: readonly Of<Outcome>[], at: Date): Promise<void> {
  for (const [cause, caused] of Map.groupBy(works, ({ chat }) => chat.cause)) {
    const lines = caused.flatMap(({ chat, brought }) =>
      (brought?.answers ?? []).map(({ step, ...details }) => ({
        ...{ what: `sferum-${step}`, chatId: chat.id, details },
      })),
    );
    const { schoolId } = sure(caused[0]).chat;
    if (lines.length > 0) await noteLines(tx, { schoolId, at, cause, author: bySystem('sferum') }, lines);
  }
}
