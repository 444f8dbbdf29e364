/** The part of chat.ts that says what is known of a chat at Sferum, and how sure that is. Who is in it stands elsewhere. */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { tableOf } from '../store/rows.ts';
import { asideUntil } from './chat-outbox.ts';

/**
 * Said before the first write to live chats: what is believed of them is in doubt, until the outcome is recorded.
 * `lookAgainAt`: when whatever was under way must have taken effect.
 */
export async function noteDoubt(db: Sql, ids: readonly string[], lookAgainAt: Date): Promise<void> {
  await sql`update chat set seen_at = null, look_again_at = ${lookAgainAt}
    where id = any(${[...ids]}::uuid[])`.execute(db);
}

/** All that is known of a school's chats is in doubt, and the marks of a queue that is not this database's are gone. */
export async function doubtAll(tx: Sql, schoolId: string): Promise<void> {
  await sql`update chat set seen_at = null, queued_at = null
    where school_id = ${schoolId} and deleted_at is null`.execute(tx);
}

/** Those of these chats that have something to follow are read before that. */
export async function readFirst(tx: Sql, ids: readonly string[]): Promise<void> {
  await sql`update chat set seen_at = null
    where id = any(${[...ids]}::uuid[]) and generation > settled_generation`.execute(tx);
}

/**
 * Live chats were read. Returns those of which that may be believed: nobody has worked on them meanwhile, or does now. One
 * that was lost and is there again is taken up at once.
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

/** They are to be read once more, at `at` at the latest. */
export async function lookAgain(tx: Sql, ids: readonly string[], at: Date): Promise<void> {
  await sql`update chat set look_again_at = least(look_again_at, ${at})
    where id = any(${[...ids]}::uuid[])`.execute(tx);
}

/** Sferum does not show these chats to us any more: they are set aside. It is said once. */
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

/** How a chat is called in the messenger. */
export interface ShownTitle {
  id: string;
  shown: string;
  /** It is our title, as Sferum spells it. */
  isOurs: boolean;
}

/**
 * What is shown is believed from now on, so that the next plan puts our title back: `putBackTimes` at most for the same
 * foreign title. Chats with work due or in hand keep what their jobs record.
 */
export async function noteTitles(db: Sql, chats: readonly ShownTitle[], putBackTimes: number): Promise<void> {
  await sql`update chat c set
      foreign_title_times = case when r."isOurs" then 0 when foreign_title = r.shown then foreign_title_times + 1 else 1 end,
      foreign_title = case when not r."isOurs" then r.shown end,
      sferum_title = case when r."isOurs" then title
        when foreign_title = r.shown and foreign_title_times >= ${putBackTimes} then sferum_title else r.shown end
    from ${tableOf('r', { id: 'uuid', shown: 'text', isOurs: 'bool' }, chats)}
    where c.id = r.id and generation = settled_generation and queued_at is null`.execute(db);
}

/** What work has found, or left, of a live chat. */
export interface LiveChat {
  id: string;
  title: string;
  /** Null: no new one. */
  inviteLink: string | null;
  /** Somebody was taken out who may know the link. */
  linkDue: boolean;
  /** An admin who must go waits for his successor (D14). */
  handover: boolean;
  lacksAdmin: boolean;
}

export async function noteFound(tx: Sql, chats: readonly LiveChat[], at: Date): Promise<void> {
  const types = {
    ...{ id: 'uuid', title: 'text', inviteLink: 'text' },
    ...{ linkDue: 'bool', handover: 'bool', lacksAdmin: 'bool' },
  };
  await sql`update chat c set sferum_title = r.title, invite_link = coalesce(r."inviteLink", invite_link),
      link_due = r."linkDue", lacks_admin = r."lacksAdmin",
      handover_since = case when r.handover then coalesce(handover_since, ${at}) end
    from ${tableOf('r', types, chats)}
    where c.id = r.id and peer_id is not null`.execute(tx);
}
