/**
 * What the creations of chats write in their rows. Creations of one school that come together share statements and
 * transactions.
 */
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import { mayTake } from '../rows/chat-abandoned.ts';
import { type Intent, intendCreations, noteCreated } from '../rows/chat-creation.ts';
import { lockChats } from '../rows/chat-outbox.ts';
import { noteLines } from '../rows/journal.ts';
import { forgetBelieved, recordNew } from '../rows/sferum-member.ts';
import type { ChatRef } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { gathering } from '../store/gather.ts';
import { type ChatState, placeOf } from './chat-state.ts';

/**
 * Writes down that an attempt or a look begins. Gives the attempt's fence, or null where Sferum has the chat already or
 * another attempt is under way. Throws 23505 while another creation of the title runs in the account.
 */
export function intend(ctx: Context, chat: ChatState, intent: Intent): Promise<number | null> {
  return intending(ctx, placeOf(chat), intent);
}

const intending = gathering(async (ctx: Context, schoolId: string, intents: readonly Intent[]) => {
  const fences = await intendCreations(ctx.db.of(schoolId), intents);
  return intents.map(({ id }) => fences.get(id) ?? null);
});

/** A chat that Sferum has made. */
interface Creation {
  chat: ChatState;
  fence: number;
  ref: ChatRef;
  title: string;
  /** Null for an adopted chat. */
  members: readonly number[] | null;
}

/**
 * Records the chat and its members in one transaction, which creations that come together share. False where the
 * attempt has lost the fence or the chat is abandoned by now. A chat that Sferum's answer names can be abandoned by a
 * look of its own row only, and noteCreated checks that. So mayTake is asked for adopted chats alone.
 */
export function recordCreated(ctx: Context, creation: Creation): Promise<boolean> {
  return recording(ctx, placeOf(creation.chat), creation);
}

const recording = gathering((ctx: Context, schoolId: string, creations: readonly Creation[]) => {
  const at = new Date(ctx.clock.now());
  const lookAgainAt = new Date(at.getTime() + ctx.config.limits.lateEffectMs);
  return ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const ours: Creation[] = [];
    for (const creation of creations)
      if (creation.members !== null || (await mayTake(tx, creation.ref))) ours.push(creation);
    const found = ours.map(({ chat, fence, ref, title }) => ({ id: chat.id, fence, ref, title }));
    await lockChats(
      tx,
      ours.map(({ chat }) => chat.id),
    );
    const owned = await noteCreated(tx, found, lookAgainAt);
    await recordMembers(
      tx,
      { schoolId, at },
      ours.filter(({ chat }) => owned.has(chat.id)),
    );
    return creations.map(({ chat }) => owned.has(chat.id));
  });
});

async function recordMembers(
  tx: Sql,
  { schoolId, at }: { schoolId: string; at: Date },
  creations: readonly Creation[],
): Promise<void> {
  if (creations.length === 0) return;
  // Of most chats nobody was believed to be in, because they have never been at Sferum.
  const believed = creations.filter(({ chat: { actual, unguarded } }) => actual.size > 0 || unguarded);
  await forgetBelieved(
    tx,
    believed.map(({ chat }) => chat.id),
  );
  const made = creations.map(({ chat, members }) => ({ chatId: chat.id, userIds: members ?? [] }));
  await recordNew(tx, { schoolId, at }, made);
  for (const [cause, caused] of Map.groupBy(creations, ({ chat }) => chat.cause)) {
    const lines = caused.map(({ chat, ref, members }) => ({
      ...{ chatId: chat.id, what: members ? 'sferum-create' : 'sferum-adopt' },
      details: { peerId: ref.peerId, members: members?.length ?? null },
    }));
    await noteLines(tx, { schoolId, at, cause, author: bySystem('sferum') }, lines);
  }
}
