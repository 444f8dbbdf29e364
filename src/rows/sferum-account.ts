/**
 * The only writer of `sferum_account`: a school's connection to Sferum.
 *
 *   none, any                ──connect──────────────► connected
 *      … while a restored database waits for a word     restore unconfirmed
 *      … where the chats are another owner's            replacement unconfirmed
 *   connected                ──breakAccount─────────► broken
 *   connected                ──holdRestored─────────► restore unconfirmed
 *   restore unconfirmed      ──confirmRestored──────► connected
 *   replacement unconfirmed  ──confirmReplacement───► connected
 *
 *   connected                 calls go to Sferum
 *   broken                    Sferum refused the token or the account: a person must renew it
 *   restore unconfirmed       the database is older than Sferum: an operator must confirm what was found (adopt.ts)
 *   replacement unconfirmed   the chats are the former owner's: they are made anew once somebody has confirmed
 *
 * Stored, all but the first are the status `broken`, and `status_reason` tells them apart: whatever gives work out
 * asks for the status alone. What is broken is not held by a restore: connected again, it is. Beside the state,
 * `calls_refused_at` says since when the token may not start calls; connecting clears it.
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/** Why nothing of a school goes to Sferum after a restore, until an operator has confirmed what was found. */
export const RESTORE_UNCONFIRMED = 'restore-unconfirmed';
/** The same of a replaced account, whose chats would be made anew. */
export const REPLACEMENT_UNCONFIRMED = 'replacement-unconfirmed';

/** The reasons that wait for a person's word, not for a new token. */
export const UNCONFIRMED: readonly string[] = [RESTORE_UNCONFIRMED, REPLACEMENT_UNCONFIRMED];

export type AccountState = 'connected' | 'broken' | 'restore-unconfirmed' | 'replacement-unconfirmed';

export function accountState({ status, reason }: { status: string; reason: string | null }): AccountState {
  if (status !== 'broken') return 'connected';
  return reason === RESTORE_UNCONFIRMED || reason === REPLACEMENT_UNCONFIRMED ? reason : 'broken';
}

export interface Connection {
  communityId: number;
  /** Whose the token is, as Sferum says. */
  ownerId: number;
  tokenKind: 'user' | 'community';
  /** Sealed for this school and column (`SEALED_COLUMNS`). */
  accessTokenSealed: string;
  callsTokenSealed: string | null;
  requestsPerSecond: number;
  /** The school has chats of another owner. */
  isReplacement: boolean;
}

/** Connects the school, or renews its connection. A new token says nothing of what a restore has lost. */
export async function connect(tx: Sql, schoolId: string, to: Connection, at: Date): Promise<void> {
  await sql`
    insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed,
      calls_token_sealed, requests_per_second, status, status_reason, status_since)
    values (${schoolId}, ${to.communityId}, ${to.ownerId}, ${to.tokenKind}, ${to.accessTokenSealed},
      ${to.callsTokenSealed}, ${to.requestsPerSecond}, ${to.isReplacement ? 'broken' : 'ok'},
      ${to.isReplacement ? REPLACEMENT_UNCONFIRMED : null}, ${at})
    on conflict (school_id) do update set community_id = excluded.community_id, owner_id = excluded.owner_id,
      token_kind = excluded.token_kind, access_token_sealed = excluded.access_token_sealed,
      calls_token_sealed = excluded.calls_token_sealed, requests_per_second = excluded.requests_per_second,
      status = excluded.status, status_reason = excluded.status_reason, status_since = excluded.status_since,
      calls_refused_at = null`.execute(tx);
  if (to.isReplacement) return;
  await sql`update sferum_account set status = 'broken', status_reason = ${RESTORE_UNCONFIRMED}
    where school_id = ${schoolId} and exists (select from operation
      where school_id = ${schoolId} and kind = 'adoption' and state = 'held')`.execute(tx);
}

/**
 * Sferum refused the token or the account. `usedSince`: when the token was read; a connection renewed later is not to
 * blame. False: the account is not connected any more, or is connected anew.
 */
export async function breakAccount(
  db: Sql,
  schoolId: string,
  { reason, usedSince, at }: { reason: string; usedSince: Date; at: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update sferum_account set status = 'broken', status_reason = ${reason}, status_since = ${at}
    where school_id = ${schoolId} and status <> 'broken' and status_since <= ${usedSince}
    returning school_id`.execute(db);
  return rows.length > 0;
}

/** After a restore. What is broken for another reason stays so. */
export async function holdRestored(tx: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update sferum_account set status = 'broken', status_reason = ${RESTORE_UNCONFIRMED}, status_since = ${at}
    where school_id = ${schoolId} and status <> 'broken'`.execute(tx);
}

export async function confirmRestored(tx: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update sferum_account set status = 'ok', status_reason = null, status_since = ${at}
    where school_id = ${schoolId} and status_reason = ${RESTORE_UNCONFIRMED}`.execute(tx);
}

export async function confirmReplacement(tx: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update sferum_account set status = 'ok', status_reason = null, status_since = ${at}
    where school_id = ${schoolId}`.execute(tx);
}

/** The token lacks the right to start calls. It is as good as before for everything else. */
export async function noteCallsRefused(db: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update sferum_account set calls_refused_at = ${at} where school_id = ${schoolId}`.execute(db);
}

/** A call was started: a former refusal says nothing any more. */
export async function noteCallsWork(tx: Sql, schoolId: string): Promise<void> {
  await sql`update sferum_account set calls_refused_at = null
    where school_id = ${schoolId} and calls_refused_at is not null`.execute(tx);
}
