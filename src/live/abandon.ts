/** Empties and leaves second chats of a title (rows/chat-abandoned.ts). The sweep resumes where a crash interrupted. */
import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import {
  abandon,
  dropAbandoned,
  endAbandoning,
  isAbandoning,
  type ProofOfNoRow,
} from '../rows/chat-abandoned.ts';
import { noteLine } from '../rows/journal.ts';
import { forgetMembers } from '../rows/sferum-member.ts';
import { type CallOptions, type ChatRef, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import { emptyAndLeave } from './take-down.ts';

/** The name that a second chat gets once nobody is in it. */
const ORPHAN_TITLE = 'Удалённый дубль';

/** The row of `chat` whose attempt at a creation made the second chat, or may have made it. */
export interface Maker {
  id: string;
  schoolId: string;
  cause: string;
}

/**
 * Abandons a second chat, unless a row of ours holds it after all. False where that is not known yet, so that the
 * caller must ask again. A trouble in emptying the chat is not thrown, because the next sweep tries again. Throws
 * SferumError only where the token or the account is refused.
 */
export async function abandonSecond(
  ctx: Context,
  account: SferumAccount,
  maker: Maker,
  second: { ref: ChatRef; evidence: ProofOfNoRow; call: CallOptions },
): Promise<boolean> {
  const { ref, evidence, call } = second;
  const end = await ctx.db.transactionAcross('accounts', ({ sql: tx }) =>
    abandon(tx, maker.id, ref, evidence),
  );
  if (end === 'abandoned') await finish(ctx, account, maker, ref, call);
  return end !== 'claimed';
}

/** Empties and leaves the chats that a school has abandoned and not left yet. */
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
    // This account cannot leave a chat that another account owns, so the entry only counts as done.
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
    ctx.log.warn({ schoolId, chatId, error: error.message }, 'a duplicate cannot be abandoned now');
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
  if (isFirst) ctx.log.warn({ schoolId, chatId }, 'a duplicate chat was found and abandoned');
}

/** Lets a row forget an abandoned chat that it still holds, with its members, so that its chat is created anew. */
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
