/**
 * The part of chat.ts that gives due work to the queue.
 *
 *   waiting  generation > settled_generation, `queued_at` is null; due once `not_before` has come
 *      ──giveOut──► given  `queued_at` says since when
 *      ◄──takeBackLost, letGo──  given, and nobody works on it
 *   given ──settleChats──► done;  ──postponeChats──► waiting
 */
import { sql } from 'kysely';
import type { Priority } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { BULK, urgency } from './chat-outbox.ts';
import { dueSince, isWaiting, schoolsWaiting } from './chat-waiting.ts';

export interface DueChat {
  id: string;
  schoolId: string;
  cause: string;
  priority: Priority;
  traceparent: string | null;
}

/**
 * True in SQL where the row `chat c` was given. By this condition a plan made without values knows that few are (index
 * chat_in_flight).
 */
const isGiven = sql`c.queued_at is not null`;

/**
 * Marks due chats as given to the queue and returns them. The schools take turns, the most urgent work first. The bulk
 * work of one school in hand is bounded (rule 7): to `bulkChatsPerPace` chats for each request a second that its
 * account may make, and to `schoolBulkChats`. A school costs what it is given, not what waits there. Without
 * `schoolIds` it looks at every school that has waiting work. A chat that was given before `lostBefore` does not count
 * any more.
 */
export async function giveOut(
  db: Sql,
  how: {
    at: Date;
    lostBefore: Date;
    schoolIds: readonly string[] | null;
    schoolBulkChats: number;
    bulkChatsPerPace: number;
    most: number;
  },
): Promise<DueChat[]> {
  const { at, lostBefore, schoolIds, schoolBulkChats, bulkChatsPerPace, most } = how;
  const { rows } = await sql<DueChat>`
    with recursive ${schoolIds === null ? schoolsWaiting : sql`waiting as (select unnest(${[...schoolIds]}::text[]) as id)`},
    usable as (
      select w.id, least(${schoolBulkChats}, ceil(a.requests_per_second * ${bulkChatsPerPace}))::int as most,
        (select count(*) from chat c
          where c.school_id = w.id and ${isGiven} and c.queued_at > ${lostBefore} and c.priority = 'bulk') as given
      from waiting w join sferum_account a on a.school_id = w.id and a.status <> 'broken'),
    due as (
      select d.id, u.urgency, d.nth from (select id, most, given, generate_series(1, ${BULK}::int) as urgency from usable) u
      cross join lateral (
        select c.id, row_number() over (order by ${dueSince}, c.id) as nth from chat c
        where ${isWaiting} and c.school_id = u.id and ${urgency(sql`c.priority`)} = u.urgency and ${dueSince} <= ${at}
        order by ${dueSince}, c.id
        limit case when u.urgency < ${BULK}::int then ${most}::int else greatest(0, u.most - u.given) end) d)
    update chat set queued_at = ${at}
    where id = any(array(select id from due order by urgency, nth limit ${most})) and queued_at is null
    returning id, school_id as "schoolId", cause, priority, traceparent`.execute(db);
  return rows;
}

/** True in SQL where chats were given out before that time and are not done. */
export const hasGiven = (before: Date) => sql<boolean>`exists (select from chat c
  where ${isGiven} and c.queued_at <= ${before} and c.generation > c.settled_generation and c.deleted_at is null)`;

/** Gives the chats that were given out before that time and are not done. */
export async function givenOut(db: Sql, before: Date): Promise<DueChat[]> {
  const { rows } =
    await sql<DueChat>`select c.id, c.school_id as "schoolId", c.cause, c.priority, c.traceparent from chat c
    where ${isGiven} and c.queued_at <= ${before} and c.generation > c.settled_generation and c.deleted_at is null`.execute(
      db,
    );
  return rows;
}

/** Takes back the chats that were given out before that time and are not done. Returns their number. */
export async function takeBackLost(db: Sql, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`update chat c set queued_at = null
    where ${isGiven} and c.queued_at <= ${before} and c.generation > c.settled_generation and c.deleted_at is null`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}
