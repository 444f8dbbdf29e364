/** The part of chat.ts that tells people the condition of a chat. */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { isWaiting, schoolsWaiting } from './chat-waiting.ts';
import { UNCONFIRMED_REASONS } from './sferum-account.ts';

/**
 * synced    Sferum has what the lists say
 * behind    Sferum does not have it yet; a reason says what stands in the way
 * held      removals wait for a decision (F4)
 * failing   tries keep failing, or the chat is set aside, and a person should look
 * archived  its class is over (D9)
 * deleting  Sferum has not confirmed the deletion yet (G1)
 */
type ConditionStatus = 'synced' | 'behind' | 'held' | 'failing' | 'archived' | 'deleting';

export interface Condition {
  status: ConditionStatus;
  reason: string | null;
  /** A Russian sentence. It says what to do where a person must act. */
  message: string | null;
}

/** Ends the condition «held» of these chats, where no removal waits for a decision any more. */
export async function endHolds(tx: Sql, ids: readonly string[], at: Date): Promise<void> {
  await sql`update chat set condition = 'synced', condition_reason = null, condition_message = null, condition_since = ${at}
    where id = any(${[...ids]}::uuid[]) and condition = 'held'`.execute(tx);
}

/** The reason why nothing of a school goes to Sferum. */
export type NotConnectedCode = 'sferum-not-connected' | 'sferum-account-broken' | 'sferum-unconfirmed';

/**
 * Tells people about due chats that wait because a person must mend their school's account. Such chats get no job, so
 * no job can set their condition. It covers all schools that have such chats. `words` says what to do about each
 * reason.
 */
export async function explainWaiting(
  db: Sql,
  words: Readonly<Record<NotConnectedCode, string>>,
): Promise<void> {
  await sql`
    with recursive ${schoolsWaiting()}
    update chat c set condition_reason = w.code, condition_message = ${JSON.stringify(words)}::jsonb->>w.code
    from (select s.id, case when a.school_id is null then 'sferum-not-connected'
          when a.status_reason = any(${[...UNCONFIRMED_REASONS]}) then 'sferum-unconfirmed' else 'sferum-account-broken' end as code
        from waiting s left join sferum_account a on a.school_id = s.id
        where s.id is not null and (a.school_id is null or a.status = 'broken')) w
    where c.school_id = w.id and ${isWaiting} and c.condition = 'behind' and c.condition_reason is null`.execute(
    db,
  );
}
