import type { Context } from '../context.ts';
import { HANDOVER_MS } from '../plan/handover.ts';
import type { Condition } from '../rows/chat-condition.ts';
import { SferumError } from '../sferum/gateway.ts';
import { isPassing } from '../store/errors.ts';
import { sure } from '../sure.ts';
import { markAccountBroken, NOT_CONNECTED_WORDS, NotConnected } from './accounts.ts';
import type { Brought } from './brought.ts';
import type { ChatState } from './chat-state.ts';
import {
  ACCOUNT_MESSAGES,
  type AsideReason,
  asideMessage,
  RETRIES,
  stepsMessage,
} from './condition-words.ts';
import { Later } from './later.ts';
import { type Failure, noteRefused, StepsFailed } from './perform-steps.ts';
import { postpone, settle } from './settle.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** After so many attempts the chat's condition says «failing», and the chat is still tried. */
const ATTEMPTS_UNTIL_FAILING = 5;
/** After so many attempts the chat is set aside (reliability 23). A new generation revives it. */
const ATTEMPTS_UNTIL_SET_ASIDE = 20;
/**
 * A chat that does not exist yet is set aside sooner, after some nine minutes. Nobody is in it who would have to leave,
 * and the initialisation that waits for it can end.
 */
const CREATIONS_UNTIL_SET_ASIDE = 10;
/**
 * The pause is short, because a mended account should be used at once. It costs nothing meanwhile, because the relay
 * leaves out schools whose account is broken.
 */
const NOT_CONNECTED_RETRY_MS = 1_000;

/** What the work on a chat cost and found. `brought` is null where what it found may itself have caused the error. */
interface Found {
  apiCalls: number;
  isAnswered: boolean;
  isInDoubt: boolean;
  startedAtMs: number;
  brought: Brought | null;
}

/** Work that has stopped before its end. */
interface Stopped {
  ctx: Context;
  chat: ChatState;
  work: Found;
  /** The steps that failed while the others were made (D14). */
  failures: readonly Failure[];
}

/**
 * Turns the error that stopped the work into what happens next, and writes that into the chat's row. Throws only where
 * the database is away, because nothing can be written then. The queue repeats the job in that case.
 */
export async function decide(ctx: Context, chat: ChatState, work: Found, error: unknown): Promise<void> {
  const stopped: Stopped = { ctx, chat, work, failures: [] };
  if (error instanceof StepsFailed) return decideSteps({ ...stopped, failures: error.failures });
  if (error instanceof Later) return wait(stopped, error.afterMs, null);
  if (error instanceof NotConnected) {
    const condition: Condition = {
      status: 'behind',
      reason: error.code,
      message: NOT_CONNECTED_WORDS[error.code],
    };
    return wait(stopped, NOT_CONNECTED_RETRY_MS, condition);
  }
  if (error instanceof SferumError) return decideError(stopped, error);
  if (isPassing(error)) throw error;
  ctx.log.error({ schoolId: chat.schoolId, chatId: chat.id, err: error }, 'a chat cannot be worked on');
  return retry({ ...stopped, work: { ...work, brought: null } }, 'unexpected');
}

/**
 * Decides by the worst of several errors: first one that stops the whole account, then a passing one, then a lasting
 * refusal.
 */
function decideSteps(stopped: Stopped): Promise<void> {
  const errors = stopped.failures.map(({ error }) => error);
  const worst =
    errors.find(({ kind }) => kind === 'token' || kind === 'account') ??
    errors.find(({ kind }) => kind === 'unknown') ??
    errors.find(({ kind }) => kind === 'never-ran') ??
    soonest(errors.filter(({ kind }) => kind === 'slow-down')) ??
    errors.find(({ kind }) => kind === 'chat-lost') ??
    sure(errors[0]);
  // A chat in which a step succeeded is not lost, so the steps that failed count as refused.
  const isLive = stopped.work.brought?.answers.some(({ result }) => result !== 'refused');
  if (worst.kind === 'chat-lost' && isLive) return setAside(stopped, 'refused');
  return decideError(stopped, worst);
}

const soonest = (errors: readonly SferumError[]): SferumError | undefined =>
  errors.toSorted((a, b) => (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0))[0];

async function decideError(stopped: Stopped, error: SferumError): Promise<void> {
  const { ctx, chat, work } = stopped;
  switch (error.kind) {
    case 'slow-down':
      return wait(stopped, error.retryAfterMs ?? LONGEST_RETRY_MS, {
        ...{ status: 'behind', reason: 'slow-down', message: 'Сферум просит подождать; продолжим сами.' },
      });
    case 'token':
    case 'account':
      await markAccountBroken(ctx, chat.schoolId, error.kind, work.startedAtMs);
      return wait(stopped, NOT_CONNECTED_RETRY_MS, {
        ...{ status: 'behind', reason: error.kind, message: ACCOUNT_MESSAGES[error.kind] },
      });
    case 'chat-lost':
    case 'not-possible':
    case 'defect':
    case 'refused':
      return setAside(stopped, error.kind);
    default:
      ctx.log.warn(
        { schoolId: chat.schoolId, chatId: chat.id, error: error.message },
        'a chat will be tried again',
      );
      return retry(stopped, error.kind, error.retryAfterMs);
  }
}

/** Lets the chat's job come again after `afterMs`. It does not count as a failed attempt. */
function wait({ ctx, chat, work }: Stopped, afterMs: number, condition: Condition | null): Promise<void> {
  const again = { afterMs: beforeHandoverEnds(ctx, chat, work, afterMs), attempt: false, mustRead: false };
  return postpone(ctx, chat, { ...work, ...again, condition });
}

async function retry(
  stopped: Stopped,
  kind: SferumError['kind'] | 'unexpected',
  atLeastMs = 0,
): Promise<void> {
  const { ctx, chat, work } = stopped;
  const attempts = chat.attempts + 1;
  const reason = kind === 'unexpected' ? kind : 'unavailable';
  // A call that never ran says nothing of this chat, so an outage of hours sets no chat aside.
  const most = chat.ref || work.brought?.created ? ATTEMPTS_UNTIL_SET_ASIDE : CREATIONS_UNTIL_SET_ASIDE;
  if (attempts >= most && kind !== 'never-ran') return setAside(stopped, reason);
  const afterMs = Math.max(atLeastMs, Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS));
  await postpone(ctx, chat, {
    ...work,
    afterMs: beforeHandoverEnds(ctx, chat, work, afterMs),
    attempt: true,
    mustRead: kind === 'unknown',
    condition: {
      status: attempts >= ATTEMPTS_UNTIL_FAILING ? 'failing' : 'behind',
      reason,
      message: RETRIES[reason],
    },
  });
}

/** Shortens a pause so that it ends with the longest wait of a leaving admin for a successor (D14). */
function beforeHandoverEnds(ctx: Context, chat: ChatState, { brought }: Found, afterMs: number): number {
  if (!brought?.handover) return afterMs;
  const now = ctx.clock.now();
  const sinceMs = chat.handoverSince?.getTime() ?? now;
  return Math.max(0, Math.min(afterMs, sinceMs + HANDOVER_MS - now));
}

/** Ends the work on this generation as failing. The condition tells people what to do, and other chats go on. */
async function setAside({ ctx, chat, work, failures }: Stopped, reason: AsideReason): Promise<void> {
  if (work.brought) noteFailures(work.brought, failures);
  const message = (reason === 'chat-lost' ? null : stepsMessage(failures)) ?? asideMessage(reason);
  ctx.log.error(
    { schoolId: chat.schoolId, chatId: chat.id, reason, steps: failures.map(({ step }) => step).join(' ') },
    'a chat is set aside',
  );
  await settle(ctx, chat, {
    ...work,
    condition: { status: 'failing', reason, message },
    problem: { code: `chat-${reason}`, message, chatId: chat.id },
  });
}

/**
 * Writes the failed steps into the chat's journal, with the person (J1). A person who could not be added also counts as
 * refused, and so appears among the unreachable (J8).
 */
function noteFailures(brought: Brought, failures: readonly Failure[]): void {
  for (const { step, userId, error } of failures) {
    const reason = error.reason ?? (isPassingKind(error) ? 'unavailable' : 'other');
    if (step === 'add') noteRefused(brought, sure(userId), reason);
    else if (step !== 'read' && step !== 'invite-link') {
      brought.answers.push({
        ...{ step, result: 'refused', reason },
        ...(userId === undefined ? {} : { userId }),
      });
    }
  }
}

const isPassingKind = ({ kind }: SferumError): boolean =>
  kind === 'unknown' || kind === 'never-ran' || kind === 'slow-down';
