/** The part of chat.ts that finds waiting work by its index (chat_due), whatever else there is. */
import { type RawBuilder, sql } from 'kysely';

/** True in SQL where the row `chat c` has work that nobody was given yet, due now or later (index chat_due). */
export const isWaiting = sql<boolean>`(c.generation > c.settled_generation and c.deleted_at is null and c.queued_at is null)`;
/** Work without a pause has been due for ever. */
export const dueSince = sql`coalesce(c.not_before, '-infinity'::timestamptz)`;

/**
 * The schools with waiting work, as a recursive query `waiting`. The last row may be null. Each is found by one step of
 * the index. There is none if `isAsked` is false.
 */
export const schoolsWaiting = (isAsked: RawBuilder<unknown> = sql`true`) => sql`waiting(id) as (
  (select c.school_id from chat c where ${isWaiting} and ${isAsked} order by c.school_id limit 1)
  union all
  select (select c.school_id from chat c where ${isWaiting} and c.school_id > w.id order by c.school_id limit 1)
    from waiting w where w.id is not null)`;

/** True in SQL where a school whose account can be used has waiting work, or one whose account cannot. */
export const hasWaiting = (account: 'usable' | 'unusable') => sql<boolean>`exists (
  with recursive ${schoolsWaiting()}
  select from waiting w left join sferum_account a on a.school_id = w.id
  where w.id is not null and ${account === 'usable' ? sql`a.status <> 'broken'` : sql`coalesce(a.status, 'broken') = 'broken'`})`;
