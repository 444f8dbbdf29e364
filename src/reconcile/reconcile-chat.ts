import type { Context } from '../context.ts';
import { type CallOptions, SferumError } from '../sferum/gateway.ts';
import { isPassing } from '../store/database.ts';
import { accountOf, markAccountBroken, NOT_CONNECTED, NotConnected } from './accounts.ts';
import { type Brought, bring } from './bring.ts';
import { type ChatState, loadChatState } from './chat-state.ts';
import { adoptOrphan } from './creation.ts';
import { Later } from './later.ts';
import { type Condition, doubt, postpone, release, settle } from './settle.ts';
import { markDeleted, takeDown } from './take-down.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** From here on the chat's condition says that it is failing; it is still tried. */
const ATTEMPTS_UNTIL_FAILING = 5;
/** A chat that always fails is set aside; a new generation revives it. */
const ATTEMPTS_UNTIL_SET_ASIDE = 20;
/** Short: the relay leaves out schools whose account is broken, and once it is mended nobody should wait. */
const NOT_CONNECTED_RETRY_MS = 1_000;

/**
 * The loop's one step: what our rows say a chat must be against what Sferum holds, and the difference done.
 * The key is the whole request; every outcome ends in the chat's row. Safe to run twice or for nothing.
 */
export async function reconcileChat(
  ctx: Context,
  { schoolId, chatId }: { schoolId: string; chatId: string },
  signal?: AbortSignal,
): Promise<void> {
  const chat = await loadChatState(ctx.db, schoolId, chatId);
  if (!chat || chat.generation <= chat.settledGeneration) return release(ctx, { schoolId, chatId });
  if (chat.priority !== 'bulk') return carryOut(ctx, chat, { stopped: signal });
  await ctx.bulkInHand.hold(chatId, (overtaken) => carryOut(ctx, chat, { stopped: signal, overtaken }));
}

/** What makes the work give up calls that wait: `stopped`, it must record nothing more; `overtaken`, it is to be quick. */
interface Interruptions {
  stopped: AbortSignal | undefined;
  overtaken?: AbortSignal;
}

async function carryOut(ctx: Context, chat: ChatState, { stopped, overtaken }: Interruptions): Promise<void> {
  const signals = [stopped, overtaken].filter((signal) => signal !== undefined);
  const work = new Work(chat, ctx.clock.now(), AbortSignal.any(signals));
  try {
    if (chat.deleting) return await remove(ctx, chat, work);
    const account = await accountOf(ctx, chat.schoolId);
    await bring(ctx, account, chat, work.call, work.brought);
    await settle(ctx, chat, { ...work, condition: settledCondition(chat) });
  } catch (error) {
    if (stopped?.aborted) return release(ctx, { schoolId: chat.schoolId, chatId: chat.id });
    const gaveWay = overtaken?.aborted && error instanceof SferumError && error.kind === 'never-ran';
    await decide(ctx, chat, work, gaveWay ? new Later(0) : error);
  }
}

/** G1: a chat that was never made needs no account to be gone; one that may have been made is looked for first. */
async function remove(ctx: Context, chat: ChatState, work: Work): Promise<void> {
  if (chat.ref || chat.creation.state !== 'none') {
    const account = await accountOf(ctx, chat.schoolId);
    const ref = chat.ref ?? (await adoptOrphan(ctx, account, chat, work.call))?.ref;
    await doubt(ctx, chat);
    if (ref) await takeDown(account, ref, work.call, work.brought);
  }
  const condition: Condition = { status: 'deleting', reason: null, message: null };
  await settle(ctx, chat, { ...work, condition }, (tx) => markDeleted(ctx, tx, chat.id));
}

/** One run's calls, counted, and what is known of the live chat as it goes. */
class Work {
  apiCalls = 0;
  readonly startedAtMs: number;
  readonly brought: Brought;
  readonly call: CallOptions;

  constructor(chat: ChatState, startedAtMs: number, signal: AbortSignal) {
    this.startedAtMs = startedAtMs;
    const { sferumTitle, seenAt, actual } = chat;
    this.brought = {
      title: sferumTitle ?? '',
      members: new Map(actual),
      seenAt,
      created: false,
      answers: [],
    };
    this.call = {
      priority: chat.priority,
      onSent: () => {
        this.apiCalls += 1;
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

/**
 * Translates what stopped the work into what happens next. Where the database is away nothing can be recorded:
 * that alone goes on to the queue's own retries.
 */
async function decide(ctx: Context, chat: ChatState, work: Work, error: unknown): Promise<void> {
  if (error instanceof Later) {
    return postpone(ctx, chat, {
      ...work,
      afterMs: error.afterMs,
      attempt: false,
      mustRead: false,
      condition: null,
    });
  }
  if (error instanceof NotConnected) {
    const condition: Condition = { status: 'behind', reason: error.code, message: NOT_CONNECTED[error.code] };
    return postpone(ctx, chat, {
      ...work,
      afterMs: NOT_CONNECTED_RETRY_MS,
      attempt: false,
      mustRead: false,
      condition,
    });
  }
  if (!(error instanceof SferumError)) {
    if (isPassing(error)) throw error;
    ctx.log.error({ schoolId: chat.schoolId, chatId: chat.id, err: error }, 'a chat cannot be worked on');
    return retry(ctx, chat, { ...work, brought: null }, 'unexpected');
  }
  switch (error.kind) {
    case 'slow-down':
      return postpone(ctx, chat, {
        ...work,
        afterMs: error.retryAfterMs ?? LONGEST_RETRY_MS,
        attempt: false,
        mustRead: false,
        condition: {
          status: 'behind',
          reason: 'slow-down',
          message: 'Сферум просит подождать; продолжим сами.',
        },
      });
    case 'token':
    case 'account':
      await markAccountBroken(ctx, chat.schoolId, error.kind, work.startedAtMs);
      return postpone(ctx, chat, {
        ...work,
        afterMs: NOT_CONNECTED_RETRY_MS,
        attempt: false,
        mustRead: false,
        condition: { status: 'behind', reason: error.kind, message: ACCOUNT_MESSAGES[error.kind] },
      });
    case 'chat-lost':
    case 'not-possible':
    case 'defect':
    case 'refused':
      return setAside(ctx, chat, work, error.kind);
    default:
      ctx.log.warn(
        { schoolId: chat.schoolId, chatId: chat.id, error: error.message },
        'a chat will be tried again',
      );
      return retry(ctx, chat, work, error.kind);
  }
}

/** An unexpected error comes without what was found until then: that may be what it stumbled over. */
type Found = Pick<Work, 'apiCalls'> & { brought: Brought | null };

async function retry(
  ctx: Context,
  chat: ChatState,
  work: Found,
  kind: SferumError['kind'] | 'unexpected',
): Promise<void> {
  const attempts = chat.attempts + 1;
  const reason = kind === 'unexpected' ? kind : 'unavailable';
  // What never ran says nothing of this chat: an outage of hours sets none aside.
  if (attempts >= ATTEMPTS_UNTIL_SET_ASIDE && kind !== 'never-ran') {
    return setAside(ctx, chat, work, reason);
  }
  await postpone(ctx, chat, {
    ...work,
    afterMs: Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS),
    attempt: true,
    mustRead: kind === 'unknown',
    condition: {
      status: attempts >= ATTEMPTS_UNTIL_FAILING ? 'failing' : 'behind',
      reason,
      message: RETRIES[reason],
    },
  });
}

/** Nothing more can be done for this generation: its condition says what to do, the others go on. */
async function setAside(
  ctx: Context,
  chat: ChatState,
  work: Found,
  reason: keyof typeof FAILURES,
): Promise<void> {
  const message = FAILURES[reason];
  ctx.log.error({ schoolId: chat.schoolId, chatId: chat.id, reason }, 'a chat is set aside');
  await settle(ctx, chat, {
    ...work,
    condition: { status: 'failing', reason, message },
    problem: { code: `chat-${reason}`, message, chatId: chat.id },
  });
}

const ACCOUNT_MESSAGES = {
  token: 'Токен школы в Сферуме не действует: администратор сервера должен задать новый.',
  account: 'Учётная запись школы в Сферуме заблокирована: обратитесь к администратору сервера.',
};

const RETRIES = {
  unavailable: 'Сферум не отвечает; попробуем ещё раз сами.',
  unexpected: 'Внутренняя ошибка; попробуем ещё раз сами.',
};

const FAILURES = {
  unexpected:
    'Внутренняя ошибка: чат отложен, позже попробуем ещё раз сами; сообщите администратору сервера.',
  'chat-lost':
    'Чат удалён в мессенджере или у школы нет прав в нём: удалите его здесь, и он будет создан заново.',
  'not-possible': 'Токен школы не позволяет это сделать: администратор сервера должен проверить его права.',
  defect: 'Сферум не принял запрос: сообщите администратору сервера.',
  refused: 'Сферум отказал в изменении участника: сообщите администратору сервера.',
  unavailable: 'Сферум долго не отвечает по этому чату: он отложен, позже попробуем ещё раз сами.',
};
