/**
 * The part of chat.ts that says what is known of a chat at Sferum, and how surely. Members stand in sferum-member.ts.
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { tableOf } from '../store/rows.ts';
import { asideUntil } from './chat-outbox.ts';

/** The columns of a row whose chat must be read before looks at it count. */
export const NOT_IN_ORDER = sql`seen_messages = null, seen_people = null`;

/**
 * Marks what is known of live chats as doubtful. It comes before the first write to them and lasts until the outcome is
 * recorded. At `lookAgainAt` a write under way must have taken effect, and the chat is read once more.
 */
export async function noteDoubt(db: Sql, ids: readonly string[], lookAgainAt: Date): Promise<void> {
  await sql`update chat set seen_at = null, ${NOT_IN_ORDER}, look_again_at = ${lookAgainAt}
    where id = any(${[...ids]}::uuid[])`.execute(db);
}

/**
 * Marks a restored school's chats as doubtful, and clears their marks of a queue that belongs to the newer database.
 */
export async function doubtAll(tx: Sql, schoolId: string): Promise<void> {
  await sql`update chat set seen_at = null, queued_at = null
    where school_id = ${schoolId} and deleted_at is null`.execute(tx);
}

/** Makes the next jobs of these chats read them first, where they have something to follow. */
export async function readFirst(tx: Sql, ids: readonly string[]): Promise<void> {
  await sql`update chat set seen_at = null
    where id = any(${[...ids]}::uuid[]) and generation > settled_generation`.execute(tx);
}

/**
 * Notes that live chats were read. Returns the chats that nobody has worked on meanwhile, because only their reads can
 * be trusted. A lost chat that is there again is taken up at once.
 */
export async function noteRead(
  tx: Sql,
  chats: readonly { id: string; settledGeneration: number }[],
  at: Date,
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    update chat c set seen_at = ${at}, look_again_at = case when look_again_at > ${at} then look_again_at end,
      not_before = case when condition_reason = 'chat-lost' then ${at} else not_before end
    from ${tableOf('r', { id: 'uuid', settledGeneration: 'bigint' }, chats)}
    where c.id = r.id and c.settled_generation = r."settledGeneration" and queued_at is null
    returning c.id`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** Makes these chats be read once more, at `at` at the latest. */
export async function lookAgain(tx: Sql, ids: readonly string[], at: Date): Promise<void> {
  await sql`update chat set look_again_at = least(look_again_at, ${at})
    where id = any(${[...ids]}::uuid[])`.execute(tx);
}

/** Sets aside chats that Sferum does not show to us any more. A chat that is known to be lost is not changed again. */
export async function noteLost(
  db: Sql,
  ids: readonly string[],
  { message, firstAsideMs, at }: { message: string; firstAsideMs: number; at: Date },
): Promise<void> {
  await sql`update chat c set condition = 'failing', condition_reason = 'chat-lost', condition_since = ${at},
      condition_message = ${message}, not_before = ${asideUntil(at, firstAsideMs)},
      set_aside_times = set_aside_times + 1
    where id = any(${[...ids]}::uuid[]) and condition_reason is distinct from 'chat-lost'`.execute(db);
}

/** The title of a chat in the messenger. */
interface ShownTitle {
  id: string;
  shown: string;
  /** True where it is our title as Sferum spells it. */
  isOurs: boolean;
  /** The generation that was settled when Sferum was asked. */
  settledGeneration: number;
}

/**
 * Records the titles that Sferum shows, so that the next plan puts ours back. For the same foreign title that happens
 * at most `putBackTimes` times. Chats with work due or in hand keep what their jobs record.
 */
export async function noteTitles(db: Sql, chats: readonly ShownTitle[], putBackTimes: number): Promise<void> {
  const types = { id: 'uuid', shown: 'text', isOurs: 'bool', settledGeneration: 'bigint' };
  await sql`update chat c set
      foreign_title_times = case when r."isOurs" then 0 when foreign_title = r.shown then foreign_title_times + 1 else 1 end,
      foreign_title = case when not r."isOurs" then r.shown end,
      sferum_title = case when r."isOurs" then title
        when foreign_title = r.shown and foreign_title_times >= ${putBackTimes} then sferum_title else r.shown end
    from ${tableOf('r', types, chats)}
    where c.id = r.id and c.settled_generation = r."settledGeneration" and c.generation = c.settled_generation
      and c.queued_at is null`.execute(db);
}

/** What a look showed of a chat that was then read and found in order. */
interface InOrder {
  id: string;
  settledGeneration: number;
  /** The number of the newest message. */
  messages: number | null;
  /** A digest of owner, count and admins. */
  people: string | null;
}

/** Keeps what the looks showed, so that chats which show it again need no read. Chats with newer work are left out. */
export async function noteInOrder(db: Sql, chats: readonly InOrder[]): Promise<void> {
  const types = { id: 'uuid', settledGeneration: 'bigint', messages: 'bigint', people: 'text' };
  await sql`update chat c set seen_messages = r.messages, seen_people = r.people
    from ${tableOf('r', types, chats)}
    where c.id = r.id and c.settled_generation = r."settledGeneration" and c.generation = c.settled_generation
      and c.queued_at is null and c.seen_at is not null`.execute(db);
}

/** What work has found of a live chat or has made of it. */
interface LiveChat {
  id: string;
  title: string;
  /** Null where there is no new link. */
  inviteLink: string | null;
  /** True where a person was taken out who may know the link, so that it must be replaced. */
  linkDue: boolean;
  /** True where an admin who must leave waits for a successor (D14). */
  handover: boolean;
  lacksAdmin: boolean;
}

/** Notes of each chat what a full read has shown: its title, its link, and what is due about link and admins. */
export async function noteFound(tx: Sql, chats: readonly LiveChat[], at: Date): Promise<void> {
  const types = {
    ...{ id: 'uuid', title: 'text', inviteLink: 'text' },
    ...{ linkDue: 'bool', handover: 'bool', lacksAdmin: 'bool' },
  };
  await sql`update chat c set sferum_title = r.title, invite_link = coalesce(r."inviteLink", invite_link),
      link_due = r."linkDue", lacks_admin = r."lacksAdmin",
      handover_since = case when r.handover then coalesce(handover_since, ${at}) end
    from ${tableOf('r', types, chats)}
    where c.id = r.id and c.creation = 'created'`.execute(tx);
}
