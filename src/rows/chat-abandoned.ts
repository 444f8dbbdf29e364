/**
 * The part of chat.ts that says which chats at Sferum are given up by us: second ones of a title, and those of deleted
 * rows (`abandoned`: [{ownerId, peerId, done}]).
 *
 *   held by a row, or its creation under way ──► stays
 *   else ──abandon──► {done: false}: it is emptied and left ──endAbandoning──► {done: true}
 *
 * The two sides exclude each other: no row takes what is abandoned (chat-creation.ts), and nothing is abandoned that a
 * row holds; both hold the peer while they look. Entries stay: an older listing shows such a chat even when it is left.
 */
import { sql } from 'kysely';
import type { ChatRef } from '../sferum/gateway.ts';
import { beyondSchool, type Sql } from '../store/database.ts';
import { NONE_AT_SFERUM } from './chat-creation.ts';

/** Of a row of `chat c`: it has abandoned a chat that is not left yet. */
export const isAbandoning = sql<boolean>`(c.abandoned <> '[]' and c.abandoned @> '[{"done": false}]')`;

/** Of a row of `chat c`: the chat that it holds is one that it has abandoned, from before the two excluded each other. */
export const holdsAbandoned = sql<boolean>`(c.peer_id is not null and c.abandoned @>
  jsonb_build_array(jsonb_build_object('ownerId', c.owner_id, 'peerId', c.peer_id)))`;

/**
 * By what a chat is known to be nobody's: the answer to the row's own request, a look under the row's fence, or its
 * title, which another creation may bear just now.
 */
export type Evidence = { by: 'answer' } | { by: 'look'; fence: number } | { by: 'title'; title: string };

/**
 * A row (`id`) abandons a chat: from now on it is nobody's. `held`: some row holds it, so it stays. `claimed`: a
 * creation under way may have made it, so it is to be asked again. Within a transaction across all schools.
 */
export async function abandon(
  tx: Sql,
  id: string,
  ref: ChatRef,
  evidence: Evidence,
): Promise<'abandoned' | 'held' | 'claimed'> {
  await holdPeer(tx, ref);
  // One statement: a creation that is recorded meanwhile is seen as under way or as held, never as neither.
  const { rows } = await sql<{ held: boolean; claimed: boolean; abandoned: boolean }>`select
    exists (select from chat where owner_id = ${ref.ownerId} and peer_id = ${ref.peerId}) as held,
    ${evidence.by === 'title' ? isClaimed(ref, evidence.title) : sql`false`} as claimed,
    ${isAbandoned(ref)} as abandoned`.execute(tx);
  const { held, claimed, abandoned } = rows[0]!;
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

/** Whether a row of this school may take the chat: nobody has abandoned it, nor will until the transaction ends. */
export async function mayTake(tx: Sql, ref: ChatRef): Promise<boolean> {
  await holdPeer(tx, ref);
  return beyondSchool(tx, 'accounts', async () => {
    const { rows } = await sql<{ abandoned: boolean }>`select ${isAbandoned(ref)} as abandoned`.execute(tx);
    return !rows[0]!.abandoned;
  });
}

/** The chat is left, or another account's. False where another was sooner to say so. */
export async function endAbandoning(db: Sql, id: string, ref: ChatRef): Promise<boolean> {
  const { rows } = await sql`
    update chat set abandoned = (select jsonb_agg(case when a @> ${JSON.stringify(ref)}::jsonb
      then a || '{"done": true}' else a end order by n) from jsonb_array_elements(abandoned) with ordinality e(a, n))
    where id = ${id} and abandoned @> ${JSON.stringify([{ ...ref, done: false }])}::jsonb returning id`.execute(
    db,
  );
  return rows.length > 0;
}

/** The row lets go of what it holds, an abandoned chat: Sferum has none of its own. False where it holds another by now. */
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

/** Until the transaction ends nobody else takes the chat or abandons it. */
async function holdPeer(tx: Sql, { ownerId, peerId }: ChatRef): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sferum-chat:${ownerId}:${peerId}`}, 0))`.execute(
    tx,
  );
}
