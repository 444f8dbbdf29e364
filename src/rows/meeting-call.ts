/**
 * The only writer of `meeting_call`: each request to start a lesson's call, and what came of it.
 *
 *   none      ──noteIntent────► starting   written down before the request leaves
 *   starting  ──callStarted───► open       its link is shown to who may enter
 *   starting  ──dropIntent────► none       the request had no effect
 *   starting  ──loseCall──────► lost       no answer came: nobody knows which call it was
 *   lost      ──endLate───────► ending     the answer came after all: now it can be ended
 *   open      ──hideCall──────► ending     its link is not shown any more
 *   open      ──hideCall──────► lost       … and Sferum gave no id to end it by
 *   ending    ──callEnded─────► ended
 *   ending    ──loseCall──────► lost       its end was asked for long enough
 *
 * An index lets a lesson have one call that is `starting` or `open`. `end_tries` counts the ends asked for in vain;
 * `end_refused` says that the school has been told of them.
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { OfLesson } from './meeting.ts';

/** False: another call of the lesson is starting or open. */
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

/** `callId` null: Sferum gave none. False: it was given up meanwhile. */
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

export async function dropIntent(db: Sql, id: string): Promise<void> {
  await sql`delete from meeting_call where id = ${id} and state = 'starting'`.execute(db);
}

/** Without an id it stays lost. */
export async function endLate(tx: Sql, id: string, callId: string | null): Promise<void> {
  await sql`update meeting_call set state = 'ending', call_id = ${callId}
    where id = ${id} and state = 'lost' and ${callId}::text is not null`.execute(tx);
}

/** What became of the lesson's open call; null: it has none. */
export async function hideCall(tx: Sql, { schoolId, lessonId }: OfLesson): Promise<'ending' | 'lost' | null> {
  const { rows } = await sql<{ state: 'ending' | 'lost' }>`
    update meeting_call set state = case when call_id is null then 'lost' else 'ending' end
    where school_id = ${schoolId} and lesson_id = ${lessonId} and state = 'open' returning state`.execute(tx);
  return rows[0]?.state ?? null;
}

/** False: it has ended, or is lost, already. */
export async function callEnded(tx: Sql, id: string): Promise<boolean> {
  const { rows } = await sql`
    update meeting_call set state = 'ended' where id = ${id} and state = 'ending' returning 1`.execute(tx);
  return rows.length > 0;
}

/** The end was asked for in vain. True where the school is to be told: Sferum refuses, or it was the `tellAfter`th try. */
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

/** Out of our reach. True where the school has not been told of it yet. */
export async function loseCall(tx: Sql, id: string, from: 'starting' | 'ending'): Promise<boolean> {
  const { rows } = await sql<{ isNew: boolean }>`
    update meeting_call set state = 'lost' where id = ${id} and state = ${from}
    returning not end_refused as "isNew"`.execute(tx);
  return rows[0]?.isNew ?? false;
}
