/**
 * Orphans of attempts that were given up: a creation that two looks did not find may take effect all the same, later,
 * or show in no listing in time. By then the chat was made again (a twin), renamed or deleted here. So every attempt
 * that is given up is remembered with its title (`chat.given_up`), beyond the chat's deletion, and looked for once
 * more when the longest delay that Sferum was seen to have is over. Nothing else is ever taken for an orphan: a chat
 * that somebody made with our account under the same title is safe from us.
 */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { forgetAttempts } from '../rows/chat-creation.ts';
import {
  type CallOptions,
  type ChatRef,
  type FoundChat,
  type SferumAccount,
  SferumError,
} from '../sferum/gateway.ts';
import type { GivenUp } from '../store/entities/chats.ts';
import { type Maker, setAside } from './abandon.ts';
import { strayPeers } from './strays.ts';

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
  chat: Maker,
  { title, ownerId }: GivenUp,
  { own, call }: { own: readonly FoundChat[]; call: CallOptions },
): Promise<boolean> {
  // Another account's chats are not to be seen by this one.
  if (ownerId !== account.ownerId) return true;
  const found = own.filter((c) => c.titles.includes(title)).map(({ ref }) => ref);
  const strays = await strayPeers(ctx, ownerId, { schoolId: chat.schoolId, title });
  const orphans = (await unknownTo(ctx, ownerId, found)).filter(({ peerId }) => !strays.has(peerId));
  let isWhole = true;
  for (const ref of orphans) {
    const evidence = { by: 'title', title } as const;
    if (!(await setAside(ctx, account, chat, { ref, evidence, call }))) isWhole = false;
  }
  return isWhole;
}

/** Those of `refs` that no chat of ours, in any school of the account, holds or has abandoned. Order kept. */
export async function unknownTo(ctx: Context, ownerId: number, refs: readonly ChatRef[]): Promise<ChatRef[]> {
  if (refs.length === 0) return [];
  const peerIds = refs.map((r) => r.peerId);
  const { rows } = await sql<{ peer_id: string }>`
    select peer_id from chat where owner_id = ${ownerId} and peer_id = any(${peerIds}::bigint[])
    union all select (a->>'peerId')::bigint from chat cross join jsonb_array_elements(abandoned) a
      where abandoned <> '[]' and a->>'ownerId' = ${String(ownerId)}`.execute(ctx.db.across('accounts'));
  const known = new Set(rows.map((r) => Number(r.peer_id)));
  return refs.filter((ref) => !known.has(ref.peerId));
}
