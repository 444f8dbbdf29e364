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
import { committedLater } from '../store/committed-later.ts';
import type { Sql } from '../store/database.ts';
import { isWorker } from '../store/processes.ts';
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

/** How chats are given out. Times are of the database's clock, numbers are chats. */
interface Giving {
  at: Date;
  /** A chat that was given before this time no longer counts as in hand. */
  lostBefore: Date;
  /** The schools that have news. Null: all that have waiting work. */
  schoolIds: readonly string[] | null;
  /** The most bulk work of one school in hand. */
  schoolBulkChats: number;
  /** The most bulk work of one school in hand, for each request a second that its account may make. */
  bulkChatsPerPace: number;
  /** The most bulk work of all schools in hand, for each process that carries out jobs. */
  workerBulkChats: number;
  /** The most chats that are given now. */
  most: number;
}

/**
 * Marks due chats as given to the queue and returns them. The schools take turns, the most urgent work first. The bulk
 * work in hand is bounded for each school and over all (rule 7). A school costs what it is given, not what waits there.
 * When bulk work of all schools has hardly any room left, all schools with waiting work take part, and those with the
 * least in hand come first. Otherwise the schools that began first would keep all places.
 * A mark that a crash of the server loses is made again, so nobody waits for the disk.
 */
export async function giveOut(db: Sql, how: Giving): Promise<DueChat[]> {
  const { at, schoolIds, schoolBulkChats, most } = how;
  const { rows } = await sql<DueChat>`
    with recursive room as materialized (${bulkRoom(how)}),
    ${schoolsWaiting(schoolIds === null ? sql`true` : sql`(select chats < ${schoolBulkChats} from room)`)},
    asked as (select id from waiting where id is not null union select unnest(${[...(schoolIds ?? [])]}::text[])),
    usable as (
      select s.id, least(${schoolBulkChats}, ceil(a.requests_per_second * ${how.bulkChatsPerPace}))::int as most,
        (select count(*) from chat c where c.school_id = s.id and ${isBulkInHand(how)}) as given
      from asked s join sferum_account a on a.school_id = s.id and a.status <> 'broken'),
    due as (
      select d.id, u.urgency, d.nth + case when u.urgency = ${BULK}::int then u.given else 0 end as nth
      from (select id, most, given, generate_series(1, ${BULK}::int) as urgency from usable) u
      cross join lateral (
        select c.id, row_number() over (order by ${dueSince}, c.id) as nth from chat c
        where ${isWaiting} and c.school_id = u.id and ${urgency(sql`c.priority`)} = u.urgency and ${dueSince} <= ${at}
        order by ${dueSince}, c.id
        limit case when u.urgency < ${BULK}::int then ${most}::int else greatest(0, u.most - u.given) end) d),
    ranked as (select id, urgency, nth, row_number() over (partition by urgency order by nth) as rank from due)
    update chat set queued_at = ${at}
    where id = any(array(select id from ranked where urgency < ${BULK}::int or rank <= (select chats from room)
      order by urgency, nth limit ${most})) and queued_at is null and ${committedLater}
    returning id, school_id as "schoolId", cause, priority, traceparent`.execute(db);
  return rows;
}

const isBulkInHand = ({ lostBefore }: Giving) =>
  sql`${isGiven} and c.queued_at > ${lostBefore} and c.priority = 'bulk'`;

/**
 * How many chats bulk work of all schools may still take in hand. At least one process counts, because one may not have
 * reported itself yet.
 */
const bulkRoom = (how: Giving) => sql`select greatest(0,
  ${how.workerBulkChats}::int * greatest(1, (select count(*) from process where ${isWorker}))
    - (select count(*) from chat c where ${isBulkInHand(how)})) as chats`;

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
