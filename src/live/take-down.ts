import type { Context } from '../context.ts';
import { markDeleted } from '../rows/chat.ts';
import { dropExceptions } from '../rows/exception.ts';
import { endLists } from '../rows/membership.ts';
import { forgetMembers } from '../rows/sferum-member.ts';
import {
  type CallOptions,
  type ChatRef,
  type SferumAccount,
  type SferumChatMember,
  SferumError,
} from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import type { Brought } from './brought.ts';
import { Later } from './later.ts';

/** The name that a deleted chat gets once nobody is in it, because Sferum cannot delete a chat. */
const ABANDONED_TITLE = 'Удалённый чат';

/** The most rounds in which people who still appear in the chat are taken out. */
const ROUNDS = 3;

/** Takes down a deleted row's chat (G1). `progress` receives the members as they leave. Throws like emptyAndLeave. */
export function takeDown(
  account: SferumAccount,
  ref: ChatRef,
  call: CallOptions,
  progress: Brought,
  /**
   * Ms in which a late addition may still take effect. Above 0 it throws Later, so that a later job leaves the chat.
   */
  keepForMs = 0,
): Promise<void> {
  const told: Told = {
    onRead(members) {
      progress.members = new Map(
        members.map((m) => [m.userId, { admin: m.admin, state: m.waiting ? 'waiting' : 'in' }]),
      );
    },
    onOut(userId) {
      progress.members.delete(userId);
      progress.answers.push({ step: 'remove', userId, result: 'done' });
    },
  };
  return emptyAndLeave(account, ref, { title: ABANDONED_TITLE, call, keepForMs, told });
}

interface Told {
  onRead?(members: readonly SferumChatMember[]): void;
  onOut?(userId: number): void;
}

/**
 * Takes everybody out of a chat, renames it and leaves it. After we have left, we cannot see who is still there. So no
 * single answer is trusted: the members are read until there are none, and a chat that Sferum calls lost counts as gone
 * only if the account's own listing does not show it. It is safe to repeat after an interruption at any step. Throws
 * SferumError where somebody cannot be taken out, and Later while `keepForMs` is above 0.
 */
export async function emptyAndLeave(
  account: SferumAccount,
  ref: ChatRef,
  {
    title,
    call,
    keepForMs = 0,
    told = {},
  }: { title: string; call: CallOptions; keepForMs?: number; told?: Told },
): Promise<void> {
  try {
    await emptyOut(account, ref, call, told);
    if (keepForMs > 0) throw new Later(keepForMs);
    await account.abandonChat(ref, title, call);
  } catch (error) {
    if (!(error instanceof SferumError && error.kind === 'chat-lost')) throw error;
    const own = await account.ownChats(call);
    if (own.some((chat) => chat.ref.peerId === ref.peerId))
      throw new SferumError('unknown', `Sferum calls a chat lost that it still lists (${error.message})`);
  }
}

/** Takes people out until a read shows nobody. Throws the first refusal after everybody else is out (D14). */
async function emptyOut(account: SferumAccount, ref: ChatRef, call: CallOptions, told: Told): Promise<void> {
  for (let round = 1; ; round++) {
    const members = await account.readMembers(ref, call);
    told.onRead?.(members);
    if (members.length === 0) return;
    if (round > ROUNDS) throw new SferumError('unknown', 'a person who was taken out is still in the chat');
    await takeOut(account, { ref, members, call }, told.onOut);
  }
}

/** Makes one round of removals. A refusal does not stop the others, and the first one is thrown at the end (D14). */
async function takeOut(
  account: SferumAccount,
  { ref, members, call }: { ref: ChatRef; members: readonly SferumChatMember[]; call: CallOptions },
  onOut: (userId: number) => void = () => undefined,
): Promise<void> {
  const ended = await Promise.allSettled(
    members.map(async ({ userId }) => {
      await account.removeMember(ref, userId, call);
      onOut(userId);
    }),
  );
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Ends the chats in our rows. The rows themselves stay, because they remember the deletion and «не создавать снова»
 * (G1).
 */
export async function endChats(ctx: Context, tx: Sql, chatIds: readonly string[]): Promise<void> {
  const deleted = await markDeleted(tx, chatIds, new Date(ctx.clock.now()));
  if (deleted.length === 0) return;
  await forgetMembers(tx, deleted);
  await endLists(tx, deleted);
  await dropExceptions(tx, deleted);
}
