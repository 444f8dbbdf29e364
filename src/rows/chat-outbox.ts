/**
 * The part of chat.ts that says what work is due. The row itself is the outbox (rule 3). It keeps only the latest
 * intent, and work on an earlier generation does not settle a later one (rule 4).
 */
import { type RawBuilder, sql } from 'kysely';
import type { Priority } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { inChunks, tableOf } from '../store/rows.ts';
import { currentTrace } from '../traces/current.ts';
import type { Condition } from './chat-condition.ts';

/** The pause of a chat that is set aside doubles each time, up to this. */
const LONGEST_ASIDE_MS = 24 * 3600_000;
/** After so many doublings every pause has reached the longest one, so more are not counted. */
const DOUBLINGS_COUNTED = 20;

/** Gives the urgency of a `priority` in SQL. A smaller number comes sooner. */
export const urgency = (priority: RawBuilder<unknown>) =>
  sql`array_position(array['lesson', 'person', 'event', 'bulk'], ${priority})`;
/** The last urgency. */
export const BULK = 4;

/**
 * Gives these chats something new to follow, so that their jobs come. The most urgent waiting change sets the
 * priority. The jobs go on with the trace of the last change, if it has one.
 */
export async function moveGenerations(
  tx: Sql,
  chatIds: Iterable<string>,
  how: { cause: string; priority: Priority; at: Date },
): Promise<void> {
  await inChunks([...chatIds], (json) =>
    sql`update chat set
        generation = generation + 1,
        cause = ${how.cause},
        traceparent = ${currentTrace()},
        priority = case
          when generation > settled_generation
            and ${urgency(sql`priority`)} < ${urgency(sql`${how.priority}::text`)}
          then priority else ${how.priority} end,
        attempts = 0,
        waits_for = null,
        not_before = null,
        condition = case when condition in ('failing', 'deleting') then condition else 'behind' end,
        condition_since = case when condition in ('failing', 'deleting', 'behind') then condition_since else ${how.at} end
      where id in (select value::uuid from jsonb_array_elements_text(${json}))`.execute(tx),
  );
}

/**
 * Locks these chats in one order, so that transactions with many chats wait for each other and never deadlock. One
 * chat needs no such lock.
 */
export async function lockChats(tx: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length < 2) return;
  await sql`select from chat where id = any(${[...ids]}::uuid[]) order by id for update`.execute(tx);
}

/**
 * Takes chats back that nobody works on, so that due ones are given out again. `givenAt` limits it to those given
 * then.
 */
export async function letGo(db: Sql, ids: readonly string[], givenAt?: Date): Promise<void> {
  await sql`update chat set queued_at = null where id = any(${[...ids]}::uuid[])
      and ${givenAt === undefined ? sql`true` : sql`queued_at = ${givenAt}`}`.execute(db);
}

/** Ends the waiting of a school's due chats, because the account can be used again. */
export async function hasten(tx: Sql, schoolId: string): Promise<void> {
  await sql`update chat set not_before = null
    where school_id = ${schoolId} and generation > settled_generation`.execute(tx);
}

/** True in SQL where the row `chat c` waits for an answer of Sferum. */
export const waitsForSferum = sql<boolean>`(c.waits_for = 'sferum' and c.generation > c.settled_generation)`;

const waitingForSferum = (schoolId: string) =>
  sql`select c.id from chat c where c.school_id = ${schoolId} and ${waitsForSferum}`;

/** Wakes the chats of a school that wait for an answer of Sferum, once it has answered any. Returns their number. */
export async function wakeWaiting(tx: Sql, schoolId: string): Promise<number> {
  const { rows } = await sql`update chat set waits_for = 'itself', not_before = null where id in (
      ${waitingForSferum(schoolId)} for update skip locked)
    returning id`.execute(tx);
  return rows.length;
}

/** What every end of work on a chat has in common. */
interface Worked {
  id: string;
  /** The generation that was worked on. */
  generation: number;
  /** When the live chat was read. Null means that the next job must read it first. */
  seenAt: Date | null;
  /** The time of the second look that the work knew, and the time that it sets. */
  lookAgain: { was: Date | null; at: Date | null };
}

const OF_WORKED = {
  ...{
    id: 'uuid',
    generation: 'bigint',
    seenAt: 'timestamptz',
    lookWas: 'timestamptz',
    lookAt: 'timestamptz',
  },
  ...{ status: 'text', reason: 'text', message: 'text' },
};

function workedRow({ id, generation, seenAt, lookAgain }: Worked, condition: Condition | null) {
  const { status, reason, message } = condition ?? { status: null, reason: null, message: null };
  return {
    ...{ id, generation, seenAt, lookWas: lookAgain.was, lookAt: lookAgain.at },
    ...{ status, reason, message },
  };
}

/** Keeps a second look that other code has asked for (chat-seen.ts) and that became due during the work. */
const lookAgain = (at: Date) => sql`case when c.look_again_at <= ${at}
  and c.look_again_at is distinct from r."lookWas" then c.look_again_at else r."lookAt" end`;

/** Gives in SQL when a row `chat c` that is set aside now is taken up again. */
export function asideUntil(at: Date, firstAsideMs: number) {
  const waitMs = sql`least(${LONGEST_ASIDE_MS}::float8,
    ${firstAsideMs}::float8 * power(2, least(c.set_aside_times, ${DOUBLINGS_COUNTED})))`;
  return sql`${at}::timestamptz + ${waitMs} * interval '1 millisecond'`;
}

export interface Settled extends Worked {
  condition: Condition;
}

/** What the settling of a chat leaves to do. */
interface Left {
  /** True where a later generation stays due. */
  isDue: boolean;
  /** True where the chat followed news whose delay is measured (chat-delay.ts). */
  isCaused: boolean;
  /** True where chats of the school wait for an answer of Sferum. */
  isAwaited: boolean;
}

/**
 * Ends the work on these generations of one school. Returns the chats that still had to settle theirs (rule 4), and what
 * is left to do. For the other chats nothing is written. A chat that ends as failing is set aside, the first time for
 * `firstAsideMs`.
 */
export async function settleChats(
  tx: Sql,
  chats: readonly Settled[],
  { schoolId, at, firstAsideMs }: { schoolId: string; at: Date; firstAsideMs: number },
): Promise<Map<string, Left>> {
  const settled = chats.map((chat) => workedRow(chat, chat.condition));
  const isAside = sql`r.status = 'failing'`;
  const isLatest = sql`c.generation = r.generation`;
  const { rows } = await sql<Left & { id: string }>`
    update chat c set settled_generation = r.generation, queued_at = null, attempts = 0, waits_for = null,
      look_again_at = ${lookAgain(at)},
      not_before = case when ${isAside} and ${isLatest} then ${asideUntil(at, firstAsideMs)} end,
      set_aside_times = case when ${isAside} then c.set_aside_times + 1 else 0 end,
      seen_at = r."seenAt",
      condition = case when ${isLatest} then r.status else c.condition end,
      condition_reason = case when ${isLatest} then r.reason else c.condition_reason end,
      condition_message = case when ${isLatest} then r.message else c.condition_message end,
      condition_since = case when ${isLatest} and c.condition <> r.status then ${at} else c.condition_since end
    from ${tableOf('r', OF_WORKED, settled)}
    where c.id = r.id and c.settled_generation < r.generation
    returning c.id, c.generation > c.settled_generation as "isDue", c.caused_at is not null as "isCaused",
      (select exists (${waitingForSferum(schoolId)})) as "isAwaited"`.execute(tx);
  return new Map(rows.map(({ id, ...left }) => [id, left]));
}

export interface Postponed extends Worked {
  /** True where the work counts as a failed attempt. Waiting for a turn does not. */
  attempt: boolean;
  /** True where Sferum has answered, so that it cannot be away. */
  isAnswered: boolean;
  until: Date;
  /** Null keeps the condition that people see. */
  condition: Condition | null;
}

/**
 * Leaves these generations due, so that their work comes again. A newer generation does not wait for the troubles of
 * this one. Returns the chats that still had to settle theirs. For the other chats nothing is written.
 */
export async function postponeChats(tx: Sql, chats: readonly Postponed[], at: Date): Promise<Set<string>> {
  const types = { ...OF_WORKED, attempt: 'bool', isAnswered: 'bool', until: 'timestamptz' };
  const postponed = chats.map((chat) => {
    const { attempt, isAnswered, until, condition } = chat;
    return { ...workedRow(chat, condition), attempt, isAnswered, until };
  });
  const isLatest = sql`c.generation = r.generation`;
  const isSaid = sql`r.status is not null`;
  const { rows } = await sql<{ id: string }>`
    update chat c set queued_at = null, look_again_at = ${lookAgain(at)},
      waits_for = case when r.attempt and not r."isAnswered" then coalesce(c.waits_for, 'sferum') end,
      attempts = c.attempts + case when ${isLatest} and r.attempt then 1 else 0 end,
      seen_at = r."seenAt",
      not_before = case when ${isLatest} then r.until else c.not_before end,
      condition = coalesce(r.status, c.condition),
      condition_reason = case when ${isSaid} then r.reason else c.condition_reason end,
      condition_message = case when ${isSaid} then r.message else c.condition_message end,
      condition_since = case when ${isSaid} and c.condition <> r.status then ${at} else c.condition_since end
    from ${tableOf('r', types, postponed)}
    where c.id = r.id and c.settled_generation < r.generation
    returning c.id`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}
