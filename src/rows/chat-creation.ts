/** The part of chat.ts that says whether Sferum has the chat, and how the chat came there (V2). */
import { sql } from 'kysely';
import type { ChatRef } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import type { GivenUp } from '../store/entities/chats.ts';
import { tableOf } from '../store/rows.ts';
import { NOT_IN_ORDER } from './chat-seen.ts';

/**
 * The columns of a row without a chat at Sferum. `owner_id` stays, because a late attempt may still show a chat
 * there.
 */
export const NONE_AT_SFERUM = sql`creation = 'none', peer_id = null, sferum_title = null, invite_link = null`;

/** The beginning of an attempt or of a look. */
export interface Intent {
  id: string;
  title: string;
  ownerId: number;
  state: 'creating' | 'unknown';
}

/**
 * Writes down that attempts or looks begin. It must be committed before the request leaves. Returns the fences of the
 * chats that Sferum does not have. Throws 23505 and writes nothing where a creation of such a title is under way in the
 * account.
 */
export async function intendCreations(db: Sql, intents: readonly Intent[]): Promise<Map<string, number>> {
  const types = { id: 'uuid', title: 'text', ownerId: 'bigint', state: 'text' };
  const { rows } = await sql<{ id: string; fence: string }>`
    update chat c set creation = r.state, creation_fence = c.creation_fence + 1, creation_title = r.title,
      creation_at = clock_timestamp(), creation_looks = 0, owner_id = r."ownerId"
    from ${tableOf('r', types, intents)}
    where c.id = r.id and c.creation = 'none'
    returning c.id, c.creation_fence as fence`.execute(db);
  return new Map(rows.map(({ id, fence }) => [id, Number(fence)]));
}

/** One attempt at a chat. */
interface Attempt {
  id: string;
  fence: number;
}

/** Ends attempts that had no effect (`none`) or whose effect is unknown. */
export async function endAttempts(
  db: Sql,
  attempts: readonly Attempt[],
  to: 'none' | 'unknown',
): Promise<void> {
  await sql`update chat c set creation = ${to}, creation_looks = 0
    from ${tableOf('r', OF_ATTEMPT, attempts)}
    where c.id = r.id and c.creation in ('creating', 'unknown') and c.creation_fence = r.fence`.execute(db);
}

const OF_ATTEMPT = { id: 'uuid', fence: 'bigint' };

/** Counts the looks that have found no chat. */
export async function countLooks(db: Sql, ids: readonly string[], looks: number): Promise<void> {
  await sql`update chat set creation_looks = ${looks}
    where id = any(${[...ids]}::uuid[]) and creation = 'unknown'`.execute(db);
}

/**
 * Gives up attempts that seem to have had no effect. They are remembered, because they may still take effect late. The
 * time counts from now: an attempt may have waited long for its turn before its request left.
 */
export async function giveUpAttempts(db: Sql, attempts: readonly Attempt[]): Promise<void> {
  await sql`update chat c set creation = 'none', creation_looks = 0,
      given_up = given_up || jsonb_build_object('title', creation_title, 'ownerId', owner_id, 'at', clock_timestamp())
    from ${tableOf('r', OF_ATTEMPT, attempts)}
    where c.id = r.id and c.creation = 'unknown' and c.creation_fence = r.fence`.execute(db);
}

/** Forgets these attempts, each the oldest of its chat, once it is known what came of them. */
export async function forgetAttempts(
  db: Sql,
  chats: readonly { id: string; attempt: GivenUp }[],
): Promise<void> {
  const forgotten = chats.map(({ id, attempt }) => ({ id, attempt: JSON.stringify(attempt) }));
  await sql`update chat c set given_up = given_up - 0
    from ${tableOf('r', { id: 'uuid', attempt: 'jsonb' }, forgotten)}
    where c.id = r.id and given_up->0 = r.attempt`.execute(db);
}

/** A chat that an attempt has made or a look has found. */
interface Found extends Attempt {
  ref: ChatRef;
  title: string;
}

/**
 * Notes that Sferum has these chats. Returns the ids of the rows whose attempt owned the fence and that have not
 * abandoned the chat, and writes nothing for the others. The members stay in doubt until the chat's job has ended, and
 * the chat is read once more at `lookAgainAt`. So a crash in between does no harm.
 */
export async function noteCreated(tx: Sql, chats: readonly Found[], lookAgainAt: Date): Promise<Set<string>> {
  const types = { ...OF_ATTEMPT, ownerId: 'bigint', peerId: 'bigint', title: 'text' };
  const created = chats.map(({ id, fence, ref, title }) => ({ ...{ id, fence, title }, ...ref }));
  const { rows } = await sql<{ id: string }>`
    update chat c set creation = 'created', owner_id = r."ownerId", peer_id = r."peerId", creation_title = null,
      sferum_title = r.title, seen_at = null, ${NOT_IN_ORDER}, look_again_at = ${lookAgainAt}
    from ${tableOf('r', types, created)}
    where c.id = r.id and c.creation in ('creating', 'unknown') and c.creation_fence = r.fence
      and not c.abandoned @> jsonb_build_array(jsonb_build_object('ownerId', r."ownerId", 'peerId', r."peerId"))
    returning c.id`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** Lets another account take over. It owns none of the school's chats, so all must be created. Returns their ids. */
export async function makeAnew(tx: Sql, schoolId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update chat set ${NONE_AT_SFERUM}, owner_id = null, seen_at = null
    where school_id = ${schoolId} and deleted_at is null returning id`.execute(tx);
  return rows.map(({ id }) => id);
}
