/**
 * Finds chats that came of attempts which were given up. Sferum may carry out such a creation late, or list the chat
 * late. By then the row may have another chat, a new title, or be deleted. So every attempt that is given up is
 * remembered with its title (`chat.given_up`), even beyond the chat's deletion. It is looked for once more after the
 * longest delay that Sferum was seen to have (`lateEffectMs`).
 *
 * Only a chat with the title of such an attempt is taken for an orphan. Other chats that a person made with our account
 * are left alone.
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
import { sure } from '../sure.ts';
import { abandonSecond, type Maker } from './abandon.ts';
import { strayPeers } from './strays.ts';

/** Tells in SQL whether chat `c` has an attempt that was given up so long ago that its chat must be listed by now. */
export function hasOrphansDue(ctx: Context) {
  const { lateEffectMs } = ctx.config.limits;
  return sql<boolean>`(c.given_up <> '[]' and (c.given_up->0->>'at')::timestamptz
    <= clock_timestamp() - ${lateEffectMs} * interval '1 millisecond')`;
}

/** Looks for the orphans of a school's attempts whose time has come, and abandons them. */
export async function seekOrphans(ctx: Context, account: SferumAccount, schoolId: string): Promise<void> {
  const { rows: chats } = await sql<{ id: string; cause: string; given_up: GivenUp[] }>`
    select c.id, c.cause, c.given_up from chat c where c.school_id = ${schoolId} and ${hasOrphansDue(ctx)}
    order by c.id`.execute(ctx.db.of(schoolId));
  if (chats.length === 0) return;
  const call = { priority: 'bulk' } as const;
  const own = await listed(account, call);
  if (own === null) return;
  for (const { given_up: attempts, ...chat } of chats) {
    // Only the oldest attempt of a chat is due for sure. Later passes look for the later ones.
    const attempt = sure(attempts[0]);
    if (!(await isSettled(ctx, account, { ...chat, schoolId }, attempt, { own, call }))) continue;
    await forgetAttempts(ctx.db.of(schoolId), [{ id: chat.id, attempt }]);
  }
}

/** Null where the listing cannot be read now. The next sweep asks again. */
async function listed(account: SferumAccount, call: CallOptions): Promise<FoundChat[] | null> {
  try {
    return await account.ownChats(call);
  } catch (error) {
    if (error instanceof SferumError && error.kind !== 'token' && error.kind !== 'account') return null;
    throw error;
  }
}

/** Abandons the attempt's orphans. False where one may belong to another creation. The next pass then looks again. */
async function isSettled(
  ctx: Context,
  account: SferumAccount,
  chat: Maker,
  { title, ownerId }: GivenUp,
  { own, call }: { own: readonly FoundChat[]; call: CallOptions },
): Promise<boolean> {
  // This account cannot see another account's chats, so there is nothing to look for any more.
  if (ownerId !== account.ownerId) return true;
  const found = own.filter((c) => c.titles.includes(title)).map(({ ref }) => ref);
  const strays = await strayPeers(ctx, ownerId, { schoolId: chat.schoolId, title });
  const orphans = (await unknownTo(ctx, ownerId, found)).filter(({ peerId }) => !strays.has(peerId));
  let isWhole = true;
  for (const ref of orphans) {
    const evidence = { by: 'title', title } as const;
    if (!(await abandonSecond(ctx, account, chat, { ref, evidence, call }))) isWhole = false;
  }
  return isWhole;
}

/** Returns, in their order, those of `refs` that no row of any school of the account holds or has abandoned. */
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
