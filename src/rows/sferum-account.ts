/**
 * The only writer of `sferum_account`: a school's connection to Sferum.
 *
 *   none, any                ──connect──────────────► connected
 *      … while a restored database is not confirmed     restore unconfirmed
 *      … where the chats are another owner's            replacement unconfirmed
 *   connected                ──breakAccount─────────► broken
 *   connected                ──holdRestored─────────► restore unconfirmed
 *   restore unconfirmed      ──confirmRestored──────► connected
 *   replacement unconfirmed  ──confirmReplacement───► connected
 *
 *   connected                 calls go to Sferum
 *   broken                    Sferum refused the token or the account, and a person must renew it
 *   restore unconfirmed       the database is older than Sferum, and an operator must confirm what was found (adopt.ts)
 *   replacement unconfirmed   the chats belong to the former owner, and are created anew after a person's confirmation
 *
 * The database stores the last three as the status `broken`, and `status_reason` tells them apart. So code that gives
 * out work asks for the status alone. A restore does not hold a broken account at once, but it does hold the account
 * that is connected next. `calls_refused_at` is no part of the state: it says since when the token may not start calls,
 * and connecting clears it. At `look_due_at` the school's chats are looked at next (D8).
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/** The reason while an operator has not confirmed what was found after a restore. Nothing goes to Sferum until then. */
export const RESTORE_UNCONFIRMED = 'restore-unconfirmed';
/** The reason while nobody has confirmed that a replaced account may create all chats anew. */
export const REPLACEMENT_UNCONFIRMED = 'replacement-unconfirmed';

/** The reasons that only a decision ends. A new token does not. */
export const UNCONFIRMED_REASONS: readonly string[] = [RESTORE_UNCONFIRMED, REPLACEMENT_UNCONFIRMED];

type AccountState = 'connected' | 'broken' | 'restore-unconfirmed' | 'replacement-unconfirmed';

/** The state of a row, told from its status and reason. */
export function accountState({ status, reason }: { status: string; reason: string | null }): AccountState {
  if (status !== 'broken') return 'connected';
  return reason === RESTORE_UNCONFIRMED || reason === REPLACEMENT_UNCONFIRMED ? reason : 'broken';
}

interface Connection {
  communityId: number;
  /** The VK user to whom the token belongs, as Sferum says. */
  ownerId: number;
  tokenKind: 'user' | 'community';
  /** The token, sealed for this school and column (`SEALED_COLUMNS`). */
  accessTokenSealed: string;
  callsTokenSealed: string | null;
  requestsPerSecond: number;
  /** True where the school has chats of another owner. */
  isReplacement: boolean;
}

/** Connects the school, or renews its connection. A new token does not end the hold of a restore. */
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
 * Marks the account as broken, because Sferum refused the token or the account. `usedSince` is when the refused token
 * was read. False where the account is not connected, or where its connection was renewed after that.
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

/** Holds the account after a restore. An account that is broken for another reason stays as it is. */
export async function holdRestored(tx: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update sferum_account set status = 'broken', status_reason = ${RESTORE_UNCONFIRMED}, status_since = ${at}
    where school_id = ${schoolId} and status <> 'broken'`.execute(tx);
}

/** Lets the school work again once a person has confirmed the restored database. */
export async function confirmRestored(tx: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update sferum_account set status = 'ok', status_reason = null, status_since = ${at}
    where school_id = ${schoolId} and status_reason = ${RESTORE_UNCONFIRMED}`.execute(tx);
}

/** Lets the school work again once a person has confirmed the other account. */
export async function confirmReplacement(tx: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update sferum_account set status = 'ok', status_reason = null, status_since = ${at}
    where school_id = ${schoolId}`.execute(tx);
}

/**
 * Notes that the token may not start calls. It stays usable for everything else. Nothing is noted where the connection
 * was renewed after `usedSince`, when the refused token was read.
 */
export async function noteCallsRefused(
  db: Sql,
  schoolId: string,
  { usedSince, at }: { usedSince: Date; at: Date },
): Promise<void> {
  await sql`update sferum_account set calls_refused_at = ${at}
    where school_id = ${schoolId} and status_since <= ${usedSince}`.execute(db);
}

/** Clears an earlier refusal of calls, because a call was started. */
export async function noteCallsWork(tx: Sql, schoolId: string): Promise<void> {
  await sql`update sferum_account set calls_refused_at = null
    where school_id = ${schoolId} and calls_refused_at is not null`.execute(tx);
}

/**
 * Takes the look at the school's chats if it is due, and sets the next one. `byDefaultMs` is the rhythm of a school
 * without its own, and no school waits longer than `atMostMs`. Returns the rhythm in ms. Null where no look is due.
 */
export async function takeLook(
  db: Sql,
  schoolId: string,
  { at, byDefaultMs, atMostMs }: { at: Date; byDefaultMs: number; atMostMs: number },
): Promise<number | null> {
  const { rows } = await sql<{ everyMs: number }>`
    update sferum_account a set look_due_at = case when look_due_at + every > ${at} then look_due_at else ${at} end + every
    from (select interval '1 millisecond' * least(coalesce(look_every_seconds * 1000, ${byDefaultMs}), ${atMostMs}) as every
      from school where id = ${schoolId}) r
    where a.school_id = ${schoolId} and look_due_at <= ${at}
    returning (extract(epoch from every) * 1000)::float8 as "everyMs"`.execute(db);
  return rows[0]?.everyMs ?? null;
}

/** Moves the looks of all schools that lie ahead back by the step of the database's clock (reliability 20). */
export async function moveLooksBack(tx: Sql, stepMs: number): Promise<void> {
  await sql`update sferum_account set look_due_at = look_due_at - ${stepMs}::float8 * interval '1 millisecond'
    where look_due_at > clock_timestamp()`.execute(tx);
}
