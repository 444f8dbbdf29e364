/**
 * The part of chat.ts that says which chats at Sferum we have given up: second chats of a title, and the chats of
 * deleted rows (`abandoned`: [{ownerId, peerId, done}]).
 *
 *   held by a row, or its creation under way ──► stays
 *   else ──abandon──► {done: false}: it is emptied and left ──endAbandoning──► {done: true}
 *
 * No row takes an abandoned chat (chat-creation.ts), and a chat that a row holds is not abandoned. Both sides lock the
 * peer while they look, so that they exclude each other. Entries are never deleted, because an older listing may show
 * such a chat even after we have left it.
 */

import { sql } from 'kysely';
import type { ChatRef } from '../sferum/gateway.ts';
import { beyondSchool, type Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import { NONE_AT_SFERUM } from './chat-creation.ts';

/** True in SQL where the row `chat c` has abandoned a chat that is not left yet. */
export const isAbandoning = sql<boolean>`(c.abandoned <> '[]' and c.abandoned @> '[{"done": false}]')`;

/**
 * True in SQL where the row `chat c` still holds a chat that it has abandoned. Only older rows can be in that state.
 */
export const holdsAbandoned = sql<boolean>`(c.peer_id is not null and c.abandoned @>
  jsonb_build_array(jsonb_build_object('ownerId', c.owner_id, 'peerId', c.peer_id)))`;

/**
 * How it is known that a chat belongs to no row: by the answer to the row's own request, by a look under the row's
 * fence, or by its title. The title is the weakest proof, because another creation under way may have the same one.
 */
export type ProofOfNoRow = { by: 'answer' } | { by: 'look'; fence: number } | { by: 'title'; title: string };

/**
 * Lets the row `id` abandon a chat, so that no row can take it from now on. `held` means that a row holds the chat and
 * it stays. `claimed` means that a creation under way may have made it, so the caller must ask again later. `tx` must
 * see all schools.
 */
export async function abandon(
  tx: Sql,
  id: string,
  ref: ChatRef,
  evidence: ProofOfNoRow,
): Promise<'abandoned' | 'held' | 'claimed'> {
  await holdPeer(tx, ref);
  // One statement asks all, so that a creation which is recorded meanwhile is seen either as under way or as held.
  const { rows } = await sql<{ held: boolean; claimed: boolean; abandoned: boolean }>`select
    exists (select from chat where owner_id = ${ref.ownerId} and peer_id = ${ref.peerId}) as held,
    ${evidence.by === 'title' ? isClaimed(ref, evidence.title) : sql`false`} as claimed,
    ${isAbandoned(ref)} as abandoned`.execute(tx);
  const { held, claimed, abandoned } = oneRow(rows);
  if (abandoned) return 'abandoned';
  if (held) return 'held';
  if (claimed) return 'claimed';
  const isOwner =
    evidence.by === 'look' ? sql`creation = 'unknown' and creation_fence = ${evidence.fence}` : sql`true`;
  const { rows: written } = await sql`
    update chat set abandoned = abandoned || ${JSON.stringify([{ ...ref, done: false }])}::jsonb
    where id = ${id} and ${isOwner} returning id`.execute(tx);
  return written.length > 0 ? 'abandoned' : 'claimed';
}

/** True where no row has abandoned the chat. No row can do so until the transaction ends. */
export async function mayTake(tx: Sql, ref: ChatRef): Promise<boolean> {
  await holdPeer(tx, ref);
  return beyondSchool(tx, 'accounts', async () => {
    const { rows } = await sql<{ abandoned: boolean }>`select ${isAbandoned(ref)} as abandoned`.execute(tx);
    return !oneRow(rows).abandoned;
  });
}

/** Notes that the chat is left or belongs to another account. False where that was noted before. */
export async function endAbandoning(db: Sql, id: string, ref: ChatRef): Promise<boolean> {
  const { rows } = await sql`
    update chat set abandoned = (select jsonb_agg(case when a @> ${JSON.stringify(ref)}::jsonb
      then a || '{"done": true}' else a end order by n) from jsonb_array_elements(abandoned) with ordinality e(a, n))
    where id = ${id} and abandoned @> ${JSON.stringify([{ ...ref, done: false }])}::jsonb returning id`.execute(
    db,
  );
  return rows.length > 0;
}

/** Lets the row forget the abandoned chat that it holds. False where the row holds another chat by now. */
export async function dropAbandoned(tx: Sql, id: string, ref: ChatRef): Promise<boolean> {
  const { rows } = await sql`
    update chat set ${NONE_AT_SFERUM}, seen_at = null, look_again_at = null, link_due = false, handover_since = null,
      lacks_admin = false, foreign_title = null, foreign_title_times = 0
    where id = ${id} and owner_id = ${ref.ownerId} and peer_id = ${ref.peerId} returning id`.execute(tx);
  return rows.length > 0;
}

const entryOf = ({ ownerId, peerId }: ChatRef) => JSON.stringify([{ ownerId, peerId }]);

const isAbandoned = (ref: ChatRef) =>
  sql<boolean>`exists (select from chat where abandoned <> '[]' and abandoned @> ${entryOf(ref)}::jsonb)`;

const isClaimed = ({ ownerId }: ChatRef, title: string) =>
  sql<boolean>`exists (select from chat where owner_id = ${ownerId} and creation_title = ${title}
    and creation in ('creating', 'unknown'))`;

/** Locks the chat, so that nobody else takes or abandons it until the transaction ends. */
async function holdPeer(tx: Sql, { ownerId, peerId }: ChatRef): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sferum-chat:${ownerId}:${peerId}`}, 0))`.execute(
    tx,
  );
}
