import type { Context } from '../context.ts';
import type { Condition } from '../rows/chat-condition.ts';
import { letGo } from '../rows/chat-outbox.ts';
import { type CallOptions, SferumError } from '../sferum/gateway.ts';
import type { Place } from '../store/gather.ts';
import { sure } from '../sure.ts';
import { dropHeld } from './abandon.ts';
import { accountForChats } from './accounts.ts';
import { bring } from './bring.ts';
import type { Brought } from './brought.ts';
import { type ChatState, loadChatState, placeOf } from './chat-state.ts';
import { adoptOrphan } from './creation.ts';
import { decide } from './decide.ts';
import { Later } from './later.ts';
import { StepsFailed } from './perform-steps.ts';
import { doubt, settle } from './settle.ts';
import { takeDown } from './take-down.ts';

/**
 * Makes one chat at Sferum as our rows say it must be. The request is only the chat's key, and every outcome is written
 * into the chat's row. It is safe to run twice or with nothing to do. Throws only where the database is away.
 */
export function reconcileChat(
  ctx: Context,
  { schoolId, chatId }: { schoolId: string; chatId: string },
  signal?: AbortSignal,
): Promise<void> {
  return follow(ctx, { schoolId, isBulk: false }, chatId, { stopped: signal });
}

/**
 * Does the same for many chats of one school at once. What they read and write in the database is joined
 * (store/gather.ts), and their calls travel together. The trouble of one chat keeps no other waiting. Throws after all
 * have ended, and only where the database is away.
 */
export async function reconcileChats(
  ctx: Context,
  { schoolId, chatIds, urgent = false }: { schoolId: string; chatIds: readonly string[]; urgent?: boolean },
  signal?: AbortSignal,
): Promise<void> {
  const isBulk = !urgent;
  const works = chatIds.map((chatId) =>
    ctx.chatsInHand.hold({ schoolId, chatId, isBulk }, async (overtaken) => {
      await follow(ctx, { schoolId, isBulk }, chatId, { stopped: signal, ...(isBulk && { overtaken }) });
      // News of this chat that came meanwhile need not wait until the other chats of the job have ended.
      if (urgent) ctx.wake('chats', { schoolId });
    }),
  );
  const ended = await Promise.allSettled(works);
  const broken = ended.find((end) => end.status === 'rejected');
  if (broken) throw broken.reason;
}

/**
 * Signals that make the work give up the calls that still wait for a slot. After `stopped` the work records nothing
 * more. After `overtaken`, which says that the chat has become urgent, the work ends quickly and comes again at once.
 */
interface Interruptions {
  stopped: AbortSignal | undefined;
  overtaken?: AbortSignal;
}

async function follow(
  ctx: Context,
  place: Place,
  chatId: string,
  interruptions: Interruptions,
): Promise<void> {
  const chat = await loadChatState(ctx, place, chatId);
  if (chat && chat.generation > chat.settledGeneration) await carryOut(ctx, chat, interruptions);
  else await letGo(ctx.db.of(place.schoolId), [chatId]);
}

async function carryOut(ctx: Context, chat: ChatState, { stopped, overtaken }: Interruptions): Promise<void> {
  const signals = [stopped, overtaken].filter((signal) => signal !== undefined);
  const work = new Work(chat, ctx.clock.now(), AbortSignal.any(signals));
  try {
    if (chat.isAbandoned) {
      await dropHeld(ctx, chat, sure(chat.ref));
      throw new Later(0);
    }
    if (chat.deleting) return await remove(ctx, chat, work);
    const account = await accountForChats(ctx, placeOf(chat));
    await bring(ctx, account, chat, work.call, work.brought);
    await settle(ctx, chat, { ...work, condition: settledCondition(chat) });
  } catch (error) {
    if (stopped?.aborted) return letGo(ctx.db.of(chat.schoolId), [chat.id]);
    await decide(ctx, chat, work, overtaken?.aborted && neverRan(error) ? new Later(0) : error);
  } finally {
    // The relay would be woken by the job's end alone, and the other chats of the job may go on for seconds.
    if (overtaken?.aborted) ctx.wake('chats', { schoolId: chat.schoolId });
  }
}

/** True where every step that failed was given up before it was sent. */
function neverRan(error: unknown): boolean {
  if (error instanceof StepsFailed) return error.failures.every((f) => f.error.kind === 'never-ran');
  return error instanceof SferumError && error.kind === 'never-ran';
}

/**
 * Takes down a chat that is being deleted (G1). A chat that was never created needs no account for that. A chat that
 * may have been created is looked for first.
 */
async function remove(ctx: Context, chat: ChatState, work: Work): Promise<void> {
  if (chat.ref || chat.creation.state !== 'none') {
    const account = await accountForChats(ctx, placeOf(chat));
    const ref = chat.ref ?? (await adoptOrphan(ctx, account, chat, work.call))?.ref;
    await doubt(ctx, chat);
    const keepForMs = (chat.lookAgainAt?.getTime() ?? 0) - ctx.clock.now();
    if (ref) await takeDown(account, ref, work.call, work.brought, keepForMs);
  }
  const condition: Condition = { status: 'deleting', reason: null, message: null };
  await settle(ctx, chat, { ...work, condition, isTakenDown: true });
}

/** Counts the calls of the work on one chat, and keeps what it has found of the live chat so far. */
class Work {
  apiCalls = 0;
  isAnswered = false;
  isInDoubt = false;
  readonly startedAtMs: number;
  readonly brought: Brought;
  readonly call: CallOptions;

  constructor(chat: ChatState, startedAtMs: number, signal: AbortSignal) {
    this.startedAtMs = startedAtMs;
    const { sferumTitle, seenAt, actual, linkDue, handoverSince, lacksAdmin, unguarded } = chat;
    this.brought = {
      ...{ title: sferumTitle ?? '', members: new Map(actual), seenAt, created: false, answers: [] },
      recorded: { title: sferumTitle, members: actual },
      ...{ linkDue, handover: handoverSince !== null, lacksAdmin },
      ...(unguarded ? { unguarded } : {}),
    };
    this.call = {
      priority: chat.priority,
      onSent: () => {
        this.apiCalls += 1;
      },
      onOutcome: (kind, isWrite) => {
        if (kind === 'done' || kind === 'refused') this.isAnswered = true;
        // A creation in doubt is found by its title, so it does not make the chat's members doubtful.
        const isLive = chat.ref !== null || this.brought.created;
        if (kind === 'unknown' && isWrite && isLive) this.isInDoubt = true;
      },
      signal,
    };
  }
}

function settledCondition(chat: ChatState): Condition {
  if (chat.held) {
    return {
      status: 'held',
      reason: 'removals-held',
      message: 'Исключений больше обычного: подтвердите их или отклоните.',
    };
  }
  if (chat.archived)
    return { status: 'archived', reason: null, message: 'Класс закрыт: чат больше не пополняется.' };
  return { status: 'synced', reason: null, message: null };
}
