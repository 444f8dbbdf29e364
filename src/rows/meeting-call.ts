/**
 * The only writer of `meeting_call`: each request to start a lesson's call, and what came of it.
 *
 *   none      ──noteIntent────► starting   it is written down before the request leaves
 *   starting  ──callStarted───► open       its link is shown to who may enter
 *   starting  ──dropIntent────► none       the request had no effect
 *   starting  ──loseCall──────► lost       no answer came: nobody knows which call it was
 *   lost      ──endLate───────► ending     the answer came after all: now it can be ended
 *   open      ──hideCall──────► ending     its link is not shown any more
 *   open      ──hideCall──────► lost       … and Sferum gave no id by which to end it
 *   ending    ──callEnded─────► ended
 *   ending    ──loseCall──────► lost       ending it has failed for too long
 *
 * An index lets a lesson have only one call that is `starting` or `open`. `end_tries` counts the failed tries to end
 * the call, and `end_refused` says that the school has been told of them.
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { OfLesson } from './meeting.ts';

/** Writes down that a call is about to be started. False where another call of the lesson is starting or open. */
export async function noteIntent(
  tx: Sql,
  call: OfLesson & { id: string; at: Date; groupId: string; lessonStartsAt: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into meeting_call (id, school_id, lesson_id, state, started_at, subject_group_id, lesson_starts_at)
    values (${call.id}::uuid, ${call.schoolId}, ${call.lessonId}, 'starting', ${call.at}, ${call.groupId},
      ${call.lessonStartsAt})
    on conflict (school_id, lesson_id) where state in ('starting', 'open') do nothing
    returning 1`.execute(tx);
  return rows.length > 0;
}

/**
 * Notes that the call is open. `callId` is null where Sferum gave none. False where the call was given up meanwhile.
 */
export async function callStarted(
  tx: Sql,
  id: string,
  { callId, joinLink }: { callId: string | null; joinLink: string },
): Promise<boolean> {
  const { rows } = await sql`
    update meeting_call set state = 'open', call_id = ${callId}, join_link = ${joinLink}
    where id = ${id} and state = 'starting' returning 1`.execute(tx);
  return rows.length > 0;
}

/** Drops a request that had no effect, so that the lesson can be asked a call again. */
export async function dropIntent(db: Sql, id: string): Promise<void> {
  await sql`delete from meeting_call where id = ${id} and state = 'starting'`.execute(db);
}

/** Lets a lost call be ended after its late answer. Without an id it stays lost, because it cannot be ended. */
export async function endLate(tx: Sql, id: string, callId: string | null): Promise<void> {
  await sql`update meeting_call set state = 'ending', call_id = ${callId}
    where id = ${id} and state = 'lost' and ${callId}::text is not null`.execute(tx);
}

/** Stops showing the lesson's open call. Returns the call's new state, or null where there is no open call. */
export async function hideCall(tx: Sql, { schoolId, lessonId }: OfLesson): Promise<'ending' | 'lost' | null> {
  const { rows } = await sql<{ state: 'ending' | 'lost' }>`
    update meeting_call set state = case when call_id is null then 'lost' else 'ending' end
    where school_id = ${schoolId} and lesson_id = ${lessonId} and state = 'open' returning state`.execute(tx);
  return rows[0]?.state ?? null;
}

/** Notes that the call has ended. False where it had ended or was lost before. */
export async function callEnded(tx: Sql, id: string): Promise<boolean> {
  const { rows } = await sql`
    update meeting_call set state = 'ended' where id = ${id} and state = 'ending' returning 1`.execute(tx);
  return rows.length > 0;
}

/**
 * Counts a failed try to end the call. True where the school must be told now, because Sferum refuses or because this
 * was try number `tellAfter`.
 */
export async function countEndTry(
  tx: Sql,
  id: string,
  { at, isRefused, tellAfter }: { at: Date; isRefused: boolean; tellAfter: number },
): Promise<boolean> {
  await sql`update meeting_call set end_tries = end_tries + 1, end_tried_at = ${at}
    where id = ${id} and state = 'ending'`.execute(tx);
  const { rows } = await sql`update meeting_call set end_refused = true
    where id = ${id} and state = 'ending' and not end_refused and (${isRefused} or end_tries >= ${tellAfter})
    returning 1`.execute(tx);
  return rows.length > 0;
}

/** Gives up a call that we cannot end. True where the school must be told, because it was not told before. */
export async function loseCall(tx: Sql, id: string, from: 'starting' | 'ending'): Promise<boolean> {
  const { rows } = await sql<{ isNew: boolean }>`
    update meeting_call set state = 'lost' where id = ${id} and state = ${from}
    returning not end_refused as "isNew"`.execute(tx);
  return rows[0]?.isNew ?? false;
}
