import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { ChatType } from '../desired/model.ts';
import { lockChats } from '../rows/chat-outbox.ts';
import { lookAgain, noteLost, noteRead } from '../rows/chat-seen.ts';
import { recordSeen } from '../rows/sferum-member.ts';
import {
  type CallOptions,
  type Priority,
  type SferumAccount,
  type SferumChatMember,
  SferumError,
  type SferumErrorKind,
} from '../sferum/gateway.ts';
import { gathering } from '../store/gather.ts';
import { asideMessage } from './condition-words.ts';
import { LIVE_CHAT, type LiveChat, type LiveChatRow, liveChatOf, lookAtChats } from './look-at-chats.ts';

/** At most so many reads wait for slots at once, which keeps some full requests ready and memory bounded. */
const READS_AT_ONCE = 150;

interface Observation {
  apiCalls: number;
  /** Ids of chats that Sferum does not show to us any more. */
  lost: string[];
  /** Ids of chats that could not be read now. Filled only with `leaveUnreadable`. */
  unreadable: string[];
}

/** How live chats are read. With `leaveUnreadable` a chat that cannot be read stops no other. */
interface ObservationRequest {
  schoolId: string;
  priority: Priority;
  leaveUnreadable?: true;
  signal?: AbortSignal;
}

/** These errors concern the whole account, so no other chat could be read either. */
const OF_THE_ACCOUNT: readonly SferumErrorKind[] = ['token', 'account', 'slow-down'];

/**
 * Looks at each such live chat, reads its members once, 25 chats to a request, and keeps them with the time (rule 10).
 * `onRead` is told how many chats are done. Throws SferumError where a chat cannot be read and `leaveUnreadable` is
 * not set, or where the error concerns the whole account.
 */
export async function observeChats(
  ctx: Context,
  account: SferumAccount,
  request: ObservationRequest & ({ types: readonly ChatType[] } | { ids: readonly string[] }),
  onRead: (done: number, total: number) => void = () => undefined,
): Promise<Observation> {
  const { rows } = await sql<LiveChatRow>`
    select ${LIVE_CHAT} from chat c
    where school_id = ${request.schoolId} and creation = 'created'
      and deleted_at is null and deleting_since is null
      and ${'types' in request ? sql`type = any(${[...request.types]})` : sql`id = any(${[...request.ids]}::uuid[])`}
    order by id`.execute(ctx.db.of(request.schoolId));
  const chats = rows.map(liveChatOf);
  let apiCalls = 0;
  const onSent = () => {
    apiCalls += 1;
  };
  await lookAtChats(ctx, account, request.schoolId, chats, { ...callOf(request), onSent });
  const read = await readChats(ctx, account, request, chats, onRead);
  return { ...read, apiCalls: apiCalls + read.apiCalls };
}

const callOf = ({ priority, signal }: ObservationRequest): CallOptions => ({
  priority,
  ...(signal ? { signal } : {}),
});

/** Reads the members of these live chats as `observeChats` does, without a look. */
export async function readChats(
  ctx: Context,
  account: SferumAccount,
  request: ObservationRequest,
  chats: readonly LiveChat[],
  onRead: (done: number, total: number) => void = () => undefined,
): Promise<Observation> {
  const observation: Observation = { apiCalls: 0, lost: [], unreadable: [] };
  const onSent = () => {
    observation.apiCalls += 1;
  };
  const call = { ...callOf(request), onSent };
  let next = 0;
  let done = 0;
  const reader = async () => {
    for (let chat = chats[next++]; chat; chat = chats[next++]) {
      await observeOne(ctx, account, request, chat, call, observation);
      onRead(++done, chats.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, chats.length) }, reader));
  return observation;
}

async function observeOne(
  ctx: Context,
  account: SferumAccount,
  request: ObservationRequest,
  chat: LiveChat,
  call: CallOptions,
  observation: Observation,
): Promise<void> {
  try {
    const members = await account.readMembers(chat, call);
    await recordMembers(ctx, request, chat, members);
  } catch (error) {
    if (!(error instanceof SferumError)) throw error;
    if (error.kind !== 'chat-lost') {
      if (!request.leaveUnreadable || OF_THE_ACCOUNT.includes(error.kind)) throw error;
      ctx.log.warn(
        { schoolId: request.schoolId, chatId: chat.id, error: error.message },
        'a chat cannot be read',
      );
      observation.unreadable.push(chat.id);
      return;
    }
    observation.lost.push(chat.id);
    await noteLost(ctx.db.of(request.schoolId), [chat.id], {
      ...{ message: asideMessage('chat-lost'), at: new Date(ctx.clock.now()) },
      firstAsideMs: ctx.config.limits.driftIntervalMs,
    });
  }
}

/**
 * Keeps the members that were read in place of the believed ones. A person who was refused or had left before keeps
 * that reason. A person who was in and is not any more has left or was taken out, and that is counted (D8).
 *
 * A chat that was worked on during the read keeps what its job records, because the list that was read may be older. It
 * is read once more, because the job may not know what the list says. A lost chat that is there again is taken up at
 * once.
 */
function recordMembers(
  ctx: Context,
  { schoolId, priority }: ObservationRequest,
  chat: LiveChat,
  members: readonly SferumChatMember[],
): Promise<void> {
  return recording(ctx, { schoolId, isBulk: priority === 'bulk' }, { chat, members });
}

type Read = { chat: LiveChat; members: readonly SferumChatMember[] };

const recording = gathering(async (ctx: Context, schoolId: string, reads: readonly Read[]) => {
  const at = new Date(ctx.clock.now());
  const chats = reads.map(({ chat: { id, settledGeneration } }) => ({ id, settledGeneration }));
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    await lockChats(
      tx,
      chats.map(({ id }) => id),
    );
    const quiet = await noteRead(tx, chats, at);
    const busy = chats.filter(({ id }) => !quiet.has(id)).map(({ id }) => id);
    if (busy.length > 0) await lookAgain(tx, busy, at);
    const seen = reads
      .filter(({ chat }) => quiet.has(chat.id))
      .map(({ chat, members }) => ({ chatId: chat.id, members: members.map(seenMember) }));
    if (seen.length > 0) await recordSeen(tx, { schoolId, at, by: 'look' }, seen);
  });
  return reads.map(() => undefined);
});

function seenMember({ waiting, ...member }: SferumChatMember) {
  return { ...member, state: waiting ? ('waiting' as const) : ('in' as const) };
}
