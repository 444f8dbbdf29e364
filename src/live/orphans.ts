/**
 * Orphans of attempts that were given up: a creation that two looks did not find may take effect all the same, later,
 * or show in no listing in time. By then the chat was made again (a twin), renamed or deleted here. So every attempt
 * that is given up is remembered with its title (`chat.given_up`), beyond the chat's deletion, and looked for once
 * more when the longest delay that Sferum was seen to have is over. Nothing else is ever taken for an orphan: a chat
 * that somebody made with our account under the same title is safe from us.
 */
import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import { forgetAttempts } from '../rows/chat-creation.ts';
import { noteLine } from '../rows/journal.ts';
import {
  type CallOptions,
  type ChatRef,
  type FoundChat,
  type SferumAccount,
  SferumError,
} from '../sferum/gateway.ts';
import type { GivenUp } from '../store/entities/chats.ts';
import { strayPeers } from './strays.ts';
import { takeOut } from './take-down.ts';

/** An orphan's new name, once nobody is in it. */
const ORPHAN_TITLE = 'Удалённый дубль';

interface Known {
  id: string;
  schoolId: string;
  cause: string;
}

/** Of a row of `chat c`: an attempt was given up so long ago that whatever came of it must show by now. */
export function hasOrphansDue(ctx: Context) {
  const { lateEffectMs } = ctx.config.limits;
  return sql<boolean>`(c.given_up <> '[]' and (c.given_up->0->>'at')::timestamptz
    <= clock_timestamp() - ${lateEffectMs} * interval '1 millisecond')`;
}

/** Looks for what came of a school's attempts whose time has come, and sets it aside. */
export async function seekOrphans(ctx: Context, account: SferumAccount, schoolId: string): Promise<void> {
  const { rows: chats } = await sql<{ id: string; cause: string; given_up: GivenUp[] }>`
    select c.id, c.cause, c.given_up from chat c where c.school_id = ${schoolId} and ${hasOrphansDue(ctx)}
    order by c.id`.execute(ctx.db.of(schoolId));
  if (chats.length === 0) return;
  const call = { priority: 'bulk' } as const;
  const own = await listed(account, call);
  if (own === null) return;
  for (const { given_up: attempts, ...chat } of chats) {
    // The oldest alone: the others have their time.
    const attempt = attempts[0]!;
    if (!(await isSettled(ctx, account, { ...chat, schoolId }, attempt, { own, call }))) continue;
    await forgetAttempts(ctx.db.of(schoolId), [{ id: chat.id, attempt }]);
  }
}

/** Null where the listing cannot be had now: the next sweep asks again. */
async function listed(account: SferumAccount, call: CallOptions): Promise<FoundChat[] | null> {
  try {
    return await account.ownChats(call);
  } catch (error) {
    if (error instanceof SferumError && error.kind !== 'token' && error.kind !== 'account') return null;
    throw error;
  }
}

/** False where it has to be looked for again. */
async function isSettled(
  ctx: Context,
  account: SferumAccount,
  chat: Known,
  { title, ownerId }: GivenUp,
  { own, call }: { own: readonly FoundChat[]; call: CallOptions },
): Promise<boolean> {
  // Another account's chats are not to be seen by this one.
  if (ownerId !== account.ownerId) return true;
  const found = own.filter((c) => c.titles.includes(title)).map(({ ref }) => ref);
  const strays = await strayPeers(ctx, ownerId, { schoolId: chat.schoolId, title });
  const orphans = (await unknownTo(ctx, ownerId, found)).filter(({ peerId }) => !strays.has(peerId));
  if (orphans.length === 0) return true;
  if (await isClaimed(ctx, ownerId, title)) return false;
  try {
    for (const orphan of orphans) await setOrphanAside(ctx, account, chat, orphan, call);
    return true;
  } catch (error) {
    if (!(error instanceof SferumError)) throw error;
    ctx.log.warn(
      { schoolId: chat.schoolId, chatId: chat.id, error: error.message },
      'a duplicate cannot be set aside',
    );
    return false;
  }
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
export async function setOrphanAside(
  ctx: Context,
  account: SferumAccount,
  chat: Known,
  ref: ChatRef,
  call: CallOptions,
): Promise<void> {
  await takeOut(account, { ref, members: await account.readMembers(ref, call), call });
  await account.abandonChat(ref, ORPHAN_TITLE, call);
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
