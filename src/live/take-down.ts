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

/**
 * G1: takes everybody out of a chat, then lets it go. A chat that is lost already is gone at once. Reads first: who came by himself is taken out too.
 */
export async function takeDown(
  account: SferumAccount,
  ref: ChatRef,
  call: CallOptions,
  progress: Brought,
  /** Somebody may still come in late until then, in ms: the chat is let go only after another look. */
  keepForMs = 0,
): Promise<void> {
  try {
    const members = await account.readMembers(ref, call);
    progress.members = new Map(
      members.map((m) => [m.userId, { admin: m.admin, state: m.waiting ? 'waiting' : 'in' }]),
    );
    await takeOut(account, { ref, members, call }, (userId) => {
      progress.members.delete(userId);
      progress.answers.push({ step: 'remove', userId, result: 'done' });
    });
    if (keepForMs > 0) throw new Later(keepForMs);
    await account.abandonChat(ref, ABANDONED_TITLE, call);
  } catch (error) {
    if (!(error instanceof SferumError && error.kind === 'chat-lost')) throw error;
  }
}

/** Takes out everybody who can be; then throws the first refusal (D14). */
export async function takeOut(
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
