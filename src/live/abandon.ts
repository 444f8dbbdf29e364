/** Second chats of a title are emptied and left. What was interrupted, a sweep goes on with (rows/chat-abandoned.ts). */
import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import {
  abandon,
  dropAbandoned,
  type Evidence,
  endAbandoning,
  isAbandoning,
} from '../rows/chat-abandoned.ts';
import { noteLine } from '../rows/journal.ts';
import { forgetMembers } from '../rows/sferum-member.ts';
import { type CallOptions, type ChatRef, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import { emptyAndLeave } from './take-down.ts';

/** A second chat's new name, once nobody is in it. */
const ORPHAN_TITLE = 'Удалённый дубль';

/** The row whose attempts made the chat, or may have. */
export interface Maker {
  id: string;
  schoolId: string;
  cause: string;
}

/**
 * Sets a second chat aside, unless it is somebody's after all. False where that cannot be told yet. What stands in
 * the way of emptying it is left to the next sweep.
 */
export async function setAside(
  ctx: Context,
  account: SferumAccount,
  maker: Maker,
  second: { ref: ChatRef; evidence: Evidence; call: CallOptions },
): Promise<boolean> {
  const { ref, evidence, call } = second;
  const end = await ctx.db.transactionAcross('accounts', ({ sql: tx }) =>
    abandon(tx, maker.id, ref, evidence),
  );
  if (end === 'abandoned') await finish(ctx, account, maker, ref, call);
  return end !== 'claimed';
}

/** Goes on with what a school has abandoned and not left yet. */
export async function finishAbandoning(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
): Promise<void> {
  const { rows } = await sql<{ id: string; cause: string; ref: ChatRef }>`
    select c.id, c.cause, a - 'done' as ref from chat c cross join jsonb_array_elements(c.abandoned) a
    where c.school_id = ${schoolId} and ${isAbandoning} and a @> '{"done": false}' order by c.id`.execute(
    ctx.db.of(schoolId),
  );
  for (const { ref, ...chat } of rows) {
    // Another account's chats are not this one's to leave.
    if (ref.ownerId !== account.ownerId) await endAbandoning(ctx.db.of(schoolId), chat.id, ref);
    else await finish(ctx, account, { ...chat, schoolId }, ref, { priority: 'bulk' });
  }
}

async function finish(
  ctx: Context,
  account: SferumAccount,
  { id: chatId, schoolId, cause }: Maker,
  ref: ChatRef,
  call: CallOptions,
): Promise<void> {
  try {
    await emptyAndLeave(account, ref, { title: ORPHAN_TITLE, call });
  } catch (error) {
    if (!(error instanceof SferumError) || error.kind === 'token' || error.kind === 'account') throw error;
    ctx.log.warn({ schoolId, chatId, error: error.message }, 'a duplicate cannot be set aside now');
    return;
  }
  const isFirst = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    if (!(await endAbandoning(tx, chatId, ref))) return false;
    await noteLine(tx, {
      ...{ schoolId, chatId, at: new Date(ctx.clock.now()), what: 'sferum-duplicate', cause },
      ...{ author: bySystem('sferum'), details: { peerId: ref.peerId } },
    });
    return true;
  });
  if (isFirst) ctx.log.warn({ schoolId, chatId }, 'a duplicate chat was found and set aside');
}

/** The row holds a chat that it has abandoned: it forgets that one and who was in it, and is made anew. */
export async function dropHeld(
  ctx: Context,
  { id, schoolId }: { id: string; schoolId: string },
  ref: ChatRef,
): Promise<void> {
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    if (!(await dropAbandoned(tx, id, ref))) return;
    await forgetMembers(tx, [id]);
  });
}
