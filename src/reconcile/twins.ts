/**
 * Twins: a creation whose first attempt seemed lost (its chat showed in no listing in time) was made again, and
 * then the first one came to light. There can be one only where a chat needed a second attempt, and nothing else
 * is ever taken for one: so a chat that somebody made with our account under the same title is safe from us.
 */
import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import type { CallOptions, ChatRef, SferumAccount } from '../sferum/gateway.ts';
import { noteLine } from '../store/journal.ts';
import { strayPeers } from './strays.ts';
import { takeOut } from './take-down.ts';

/** A twin's new name, once nobody is in it. */
const TWIN_TITLE = 'Удалённый дубль';
/** So long after a second attempt the listings are asked once more. */
const TWIN_AFTER_MS = 60_000;

interface Known {
  id: string;
  schoolId: string;
  cause: string;
}

/** Chats that are due for a look at their twins get a job, by a new generation. Returns how many. */
export async function dueForTwins(ctx: Context): Promise<number> {
  const { rows } = await sql`
    update chat set generation = generation + 1, cause = 'twin-search', not_before = null
    where creation = 'created' and creation_title is not null and generation = settled_generation
      and deleted_at is null and deleting_since is null
      and creation_at < clock_timestamp() - ${TWIN_AFTER_MS} * interval '1 millisecond'
    returning id`.execute(ctx.db.across('sweep'));
  return rows.length;
}

/** Sets every twin of this chat aside. */
export async function repairTwins(
  ctx: Context,
  account: SferumAccount,
  chat: Known & { title: string },
  call: CallOptions,
): Promise<void> {
  const found = (await account.findChats(chat.title, call)).filter((c) => c.own);
  const strays = await strayPeers(ctx, account.ownerId, chat);
  for (const twin of await unknownTo(
    ctx,
    account.ownerId,
    found.map((c) => c.ref),
  )) {
    if (strays.has(twin.peerId)) continue;
    if (await isClaimed(ctx, account.ownerId, chat.title)) return;
    await setAside(ctx, account, chat, twin, call);
  }
  await sql`update chat set creation_title = null
    where id = ${chat.id} and creation = 'created' and creation_at < clock_timestamp() - ${TWIN_AFTER_MS} * interval '1 millisecond'`.execute(
    ctx.db.of(chat.schoolId),
  );
}

/** Those of `refs` that no chat of ours, in any school of the account, holds. Order kept. */
export async function unknownTo(ctx: Context, ownerId: number, refs: readonly ChatRef[]): Promise<ChatRef[]> {
  if (refs.length === 0) return [];
  const { rows } = await sql<{ peer_id: string }>`
    select peer_id from chat where owner_id = ${ownerId} and peer_id = any(${refs.map((r) => r.peerId)}::bigint[])`.execute(
    ctx.db.across('accounts'),
  );
  const known = new Set(rows.map((r) => Number(r.peer_id)));
  return refs.filter((ref) => !known.has(ref.peerId));
}

/** A duplicate's people are taken out before it is let go, and it is reported. */
export async function setAside(
  ctx: Context,
  account: SferumAccount,
  chat: Known,
  ref: ChatRef,
  call: CallOptions,
): Promise<void> {
  await takeOut(account, { ref, members: await account.readMembers(ref, call), call });
  await account.abandonChat(ref, TWIN_TITLE, call);
  await noteLine(ctx.db.of(chat.schoolId), {
    ...{ schoolId: chat.schoolId, at: new Date(ctx.clock.now()), chatId: chat.id, what: 'sferum-duplicate' },
    ...{ cause: chat.cause, author: bySystem('sferum'), details: { peerId: ref.peerId } },
  });
  ctx.log.warn({ schoolId: chat.schoolId, chatId: chat.id }, 'a duplicate chat was found and set aside');
}

/** Another chat of this title is being created just now: what is unknown may be its own. */
async function isClaimed(ctx: Context, ownerId: number, title: string): Promise<boolean> {
  const { rows } = await sql`select from chat where owner_id = ${ownerId} and creation_title = ${title}
    and creation in ('creating', 'unknown')`.execute(ctx.db.across('accounts'));
  return rows.length > 0;
}
