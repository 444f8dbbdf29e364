/** The part of chat.ts that tells people how a chat is. */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { UNCONFIRMED } from './sferum-account.ts';

/**
 * synced    Sferum is as the lists say
 * behind    it is not yet; with a reason, something stands in the way
 * held      removals wait for a decision (F4)
 * failing   tries keep failing, or the chat is set aside: a person should look
 * archived  its class is over (D9)
 * deleting  Sferum has not confirmed the deletion yet (G1)
 */
export type ConditionStatus = 'synced' | 'behind' | 'held' | 'failing' | 'archived' | 'deleting';

export interface Condition {
  status: ConditionStatus;
  reason: string | null;
  /** Russian, says what to do where somebody must. */
  message: string | null;
}

/** Nobody in these chats waits for a decision any more. */
export async function endHolds(tx: Sql, ids: readonly string[], at: Date): Promise<void> {
  await sql`update chat set condition = 'synced', condition_reason = null, condition_message = null, condition_since = ${at}
    where id = any(${[...ids]}::uuid[]) and condition = 'held'`.execute(tx);
}

/** Why nothing of a school goes to Sferum. */
export type NotConnectedCode = 'sferum-not-connected' | 'sferum-account-broken' | 'sferum-unconfirmed';

/**
 * Chats of a school whose account a person must mend are given to no job, so none says what they wait for: in all
 * schools those that came to wait are told here. `words`: what to do about it, told to people.
 */
export async function explainWaiting(
  db: Sql,
  words: Readonly<Record<NotConnectedCode, string>>,
): Promise<void> {
  await sql`
    update chat c set condition_reason = w.code, condition_message = ${JSON.stringify(words)}::jsonb->>w.code
    from (select s.id, case when a.school_id is null then 'sferum-not-connected'
          when a.status_reason = any(${[...UNCONFIRMED]}) then 'sferum-unconfirmed' else 'sferum-account-broken' end as code
        from school s left join sferum_account a on a.school_id = s.id
        where a.school_id is null or a.status = 'broken') w
    where c.school_id = w.id and c.generation > c.settled_generation and c.deleted_at is null
      and c.condition = 'behind' and c.condition_reason is null`.execute(db);
}
