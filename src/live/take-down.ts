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

/** What a chat is called once nobody is in it: Sferum knows no deletion. */
const ABANDONED_TITLE = 'Удалённый чат';

/** So often people are taken out of a chat in which they still show. */
const ROUNDS = 3;

/** G1: a chat of a deleted row. What is known of who is in it is noted as it goes. */
export function takeDown(
  account: SferumAccount,
  ref: ChatRef,
  call: CallOptions,
  progress: Brought,
  /** Somebody may still come in late until then, in ms: the chat is left only after another look. */
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
 * Takes everybody out of a chat, renames it and leaves. Once we have left nobody of ours sees who is still there, so no
 * single answer is believed: people are read until nobody shows, and a chat that is said to be lost is gone only where
 * the account's own listing does not show it. Can be begun again after any of its steps.
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
      throw new SferumError('unknown', `a chat that is listed is said to be lost (${error.message})`);
  }
}

/** Throws the first refusal once all who can be are out (D14). */
async function emptyOut(account: SferumAccount, ref: ChatRef, call: CallOptions, told: Told): Promise<void> {
  for (let round = 1; ; round++) {
    const members = await account.readMembers(ref, call);
    told.onRead?.(members);
    if (members.length === 0) return;
    if (round > ROUNDS) throw new SferumError('unknown', 'who was taken out is still there');
    await takeOut(account, { ref, members, call }, told.onOut);
  }
}

/** Takes out everybody who can be; then throws the first refusal (D14). */
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

/** The chat is gone from СГО too; its row stays as the memory of the deletion and of «не создавать снова». */
export async function endChat(ctx: Context, tx: Sql, chatId: string): Promise<void> {
  const [deleted] = await markDeleted(tx, [chatId], new Date(ctx.clock.now()));
  if (deleted === undefined) return;
  await forgetMembers(tx, [chatId]);
  await endLists(tx, [chatId]);
  await dropExceptions(tx, [chatId]);
}
