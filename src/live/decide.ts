import type { Context } from '../context.ts';
import { HANDOVER_MS } from '../plan/handover.ts';
import type { Condition } from '../rows/chat-condition.ts';
import { SferumError } from '../sferum/gateway.ts';
import { isPassing } from '../store/errors.ts';
import { markAccountBroken, NOT_CONNECTED, NotConnected } from './accounts.ts';
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
import { type Failure, refuse, StepsFailed } from './perform-steps.ts';
import { postpone, settle } from './settle.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** From here on the chat's condition says that it is failing; it is still tried. */
const ATTEMPTS_UNTIL_FAILING = 5;
/** A chat that always fails is set aside; a new generation revives it. */
const ATTEMPTS_UNTIL_SET_ASIDE = 20;
/**
 * One that does not exist yet sooner: nobody is in it who would have to leave, and the initialisation that waits for
 * it ends. Some nine minutes.
 */
const CREATIONS_UNTIL_SET_ASIDE = 10;
/** Short: the relay leaves out schools whose account is broken, and once it is mended nobody should wait. */
const NOT_CONNECTED_RETRY_MS = 1_000;

/** One run on a chat: what it cost and what it found. Null: what was found may be what it stumbled over. */
export interface Found {
  apiCalls: number;
  isAnswered: boolean;
  isInDoubt: boolean;
  startedAtMs: number;
  brought: Brought | null;
}

/** Work that has stopped: how it goes on is in the chat's row once this resolves. */
interface Stopped {
  ctx: Context;
  chat: ChatState;
  work: Found;
  /** The steps that failed, where the work as a whole went on (D14). */
  failures: readonly Failure[];
}

/**
 * Translates what stopped the work into what happens next. Where the database is away nothing can be recorded:
 * that alone goes on to the queue's own retries.
 */
export async function decide(ctx: Context, chat: ChatState, work: Found, error: unknown): Promise<void> {
  const stopped: Stopped = { ctx, chat, work, failures: [] };
  if (error instanceof StepsFailed) return decideSteps({ ...stopped, failures: error.failures });
  if (error instanceof Later) return wait(stopped, error.afterMs, null);
  if (error instanceof NotConnected) {
    const condition: Condition = { status: 'behind', reason: error.code, message: NOT_CONNECTED[error.code] };
    return wait(stopped, NOT_CONNECTED_RETRY_MS, condition);
  }
  if (error instanceof SferumError) return decideError(stopped, error);
  if (isPassing(error)) throw error;
  ctx.log.error({ schoolId: chat.schoolId, chatId: chat.id, err: error }, 'a chat cannot be worked on');
  return retry({ ...stopped, work: { ...work, brought: null } }, 'unexpected');
}

/** What stops the account goes before what passes, and that before what Sferum will refuse again. */
function decideSteps(stopped: Stopped): Promise<void> {
  const errors = stopped.failures.map(({ error }) => error);
  const worst =
    errors.find(({ kind }) => kind === 'token' || kind === 'account') ??
    errors.find(({ kind }) => kind === 'unknown') ??
    errors.find(({ kind }) => kind === 'never-ran') ??
    soonest(errors.filter(({ kind }) => kind === 'slow-down')) ??
    errors.find(({ kind }) => kind === 'chat-lost') ??
    errors[0]!;
  // A chat in which anything was done is not lost: what was not done was refused.
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

/** Comes again after `afterMs` without having failed. */
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
  // What never ran says nothing of this chat: an outage of hours sets none aside.
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

/** An admin who must go waits for his successor until then, whatever else the chat waits for (D14). */
function beforeHandoverEnds(ctx: Context, chat: ChatState, { brought }: Found, afterMs: number): number {
  if (!brought?.handover) return afterMs;
  const now = ctx.clock.now();
  const sinceMs = chat.handoverSince?.getTime() ?? now;
  return Math.max(0, Math.min(afterMs, sinceMs + HANDOVER_MS - now));
}

/** Nothing more can be done for this generation: its condition says what to do, the others go on. */
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

/** J1: of whom it is, stands in the chat's journal; who could not be added is told so on his own page (J8). */
function noteFailures(brought: Brought, failures: readonly Failure[]): void {
  for (const { step, userId, error } of failures) {
    const reason = error.reason ?? (isPassingKind(error) ? 'unavailable' : 'other');
    if (step === 'add') refuse(brought, userId!, reason);
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
