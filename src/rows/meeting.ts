/**
 * The only writer of `meeting`: a lesson's distance meeting, one row a lesson.
 *
 *   none     ──askMeeting─────────► asked for
 *   asked    ──askMeeting─────────► asked for, with the name that was given last
 *   asked    ──withdrawMeeting────► deleted: `deleted_at` is set, its call is to end
 *   deleted  ──askMeeting─────────► asked for again
 *
 * Apart from that a row waits for its next look (lessons/tend-lesson.ts):
 *
 *   resting    `due_at` is null, or lies ahead
 *   due        `due_at` has come; lessonChanged, groupsChanged, askMeeting, withdrawMeeting, hurryMeeting make it so
 *   given out  ──queueDue──► `queued_at` says since when; takeBack and releaseMeeting make it due again
 *   resting  ◄──restMeeting──  the look has ended
 *
 * `generation` rises with every change that affects what a look must do. A look that began before such a change records
 * nothing (restMeeting returns false), and the next look begins at once. `attempts` counts the looks that failed, and
 * `condition` tells people why.
 */

import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { NewIds } from '../store/renaming.ts';
import { oneRow } from '../store/rows.ts';
import { currentTrace } from '../traces/current.ts';

export interface OfLesson {
  schoolId: string;
  lessonId: string;
}

const rowOf = ({ schoolId, lessonId }: OfLesson) => sql`school_id = ${schoolId} and lesson_id = ${lessonId}`;

/**
 * The assignments that make a row due for a look without a count of earlier failures. '-infinity' makes it due at once
 * for every process, whatever its clock says. The look goes on with the trace of the change.
 */
const lookAnew = (at: Date | '-infinity') =>
  sql`generation = m.generation + 1, due_at = ${at}::timestamptz, queued_at = null, attempts = 0,
    traceparent = ${currentTrace()}`;

/**
 * Asks for the lesson's meeting. A null `title` means the default name, which follows the lesson. Without a `title` an
 * existing meeting keeps its name. Returns the meeting's name and whether it is new.
 */
export async function askMeeting(
  tx: Sql,
  { title, by, at, ...of }: OfLesson & { title: string | null | undefined; by: string; at: Date },
): Promise<{ isNew: boolean; title: string | null }> {
  const { rows } = await sql<{ title: string | null }>`
    insert into meeting as m (school_id, lesson_id, title, author_id, asked_at, due_at, condition_since, traceparent)
    values (${of.schoolId}, ${of.lessonId}, ${title ?? null}, ${by}, ${at}, ${at}, ${at}, ${currentTrace()})
    on conflict (school_id, lesson_id) do update set title = excluded.title, author_id = excluded.author_id,
      asked_at = excluded.asked_at, deleted_at = null, ${lookAnew(at)}
      where m.deleted_at is not null
    returning title`.execute(tx);
  if (rows[0]) return { isNew: true, title: rows[0].title };
  const { rows: known } = await sql<{ title: string | null }>`
    update meeting set title = ${title === undefined ? sql`title` : title}
    where ${rowOf(of)} returning title`.execute(tx);
  return { isNew: false, title: oneRow(known).title };
}

/** Withdraws the lesson's meeting. False where there is none. */
export async function withdrawMeeting(tx: Sql, of: OfLesson, at: Date): Promise<boolean> {
  const { rows } = await sql`update meeting m set deleted_at = ${at}, ${lookAnew(at)}
    where ${rowOf(of)} and deleted_at is null returning 1`.execute(tx);
  return rows.length > 0;
}

/** Makes the meeting of a lesson that СГО has changed due for a look, in the same transaction (I8). */
export async function lessonChanged(tx: Sql, schoolId: string, lessonId: string): Promise<void> {
  await sql`update meeting m set ${lookAnew('-infinity')} where ${rowOf({ schoolId, lessonId })}`.execute(tx);
}

/**
 * Makes meetings due for a look, in the same transaction, where a group that came or went ends their call or brings it
 * back. `at` is when that was stated (ISO 8601), and lessons that were over by then are left alone. Without `groupId`
 * it concerns all groups.
 */
export async function groupsChanged(
  tx: Sql,
  { schoolId, groupId, at }: { schoolId: string; groupId?: string; at: string },
): Promise<void> {
  await sql`update meeting m set ${lookAnew('-infinity')}
    from lesson l left join subject_group g on g.school_id = l.school_id and g.id = l.subject_group_id and g.present
    where m.school_id = ${schoolId} and l.school_id = m.school_id and l.id = m.lesson_id
      and ${groupId === undefined ? sql`true` : sql`l.subject_group_id = ${groupId}`}
      and case when g.id is null then exists (select from meeting_call c
          where c.school_id = m.school_id and c.lesson_id = m.lesson_id and c.state in ('starting', 'open'))
        else m.due_at is null and m.deleted_at is null and l.present and l.ends_at > ${at}::timestamptz end`.execute(
    tx,
  );
}

/**
 * Notes that a call is about to be started for the meeting as of `generation`, and that the next look comes no later
 * than `lookAt`. Returns the new generation and the present lesson. Null where the meeting has changed since or is
 * deleted, and then no call may be started.
 */
export async function beginCall(
  tx: Sql,
  of: OfLesson,
  { generation, lookAt }: { generation: number; lookAt: Date },
): Promise<{ generation: number; groupId: string; startsAt: Date } | null> {
  const { rows } = await sql<{ generation: string; groupId: string; startsAt: Date }>`
    update meeting m set generation = m.generation + 1, due_at = ${lookAt} from lesson l
    where m.school_id = ${of.schoolId} and m.lesson_id = ${of.lessonId} and m.deleted_at is null
      and m.generation = ${generation} and l.school_id = m.school_id and l.id = m.lesson_id
    returning m.generation, l.subject_group_id as "groupId", l.starts_at as "startsAt"`.execute(tx);
  return rows[0] ? { ...rows[0], generation: Number(rows[0].generation) } : null;
}

/** Notes that the meeting's calls have changed, so that a look under way is void and another comes at `at`. */
export async function callsMoved(tx: Sql, of: OfLesson, at: Date): Promise<void> {
  await sql`update meeting set due_at = ${at}, generation = generation + 1 where ${rowOf(of)}`.execute(tx);
}

/** Moves the meeting's next look to `at`, unless it comes earlier. */
export async function lookBy(tx: Sql, of: OfLesson, at: Date): Promise<void> {
  await sql`update meeting set due_at = least(due_at, ${at}) where ${rowOf(of)}`.execute(tx);
}

/**
 * Lets the next look come now, because a person waits for the call. After a failure the pause stays as it is. False
 * where the look is due already, where there is a call, or where the meeting waits after a failure.
 */
export async function hurryMeeting(db: Sql, of: OfLesson, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update meeting set due_at = ${at}, queued_at = null
    where ${rowOf(of)} and deleted_at is null and attempts = 0 and (due_at is null or due_at > ${at})
      and not exists (select from meeting_call c where c.school_id = ${of.schoolId} and c.lesson_id = ${of.lessonId}
        and c.state in ('starting', 'open'))
    returning 1`.execute(db);
  return rows.length > 0;
}

/**
 * Ends a look at the meeting as of `generation` and `attempts`. The next look comes at `dueAt`, or never where that is
 * null. A look after one that did not fail belongs to no trace.
 * False, and nothing is written, where the meeting has changed or another job has failed on it meanwhile. The time of
 * the next look is then set already.
 */
export async function restMeeting(
  db: Sql,
  { generation, attempts, ...of }: OfLesson & { generation: number; attempts: number },
  to: {
    dueAt: Date | null;
    attempts: number;
    condition: { status: string; reason: string | null; message: string | null };
    at: Date;
  },
): Promise<boolean> {
  const { status, reason, message } = to.condition;
  const { rows } = await sql`
    update meeting set due_at = ${to.dueAt}, queued_at = null, attempts = ${to.attempts}, condition = ${status},
      condition_reason = ${reason}, condition_message = ${message},
      condition_since = case when condition = ${status} then condition_since else ${to.at} end,
      traceparent = case when ${to.attempts}::int > 0 then traceparent end
    where ${rowOf(of)} and generation = ${generation} and attempts = ${attempts} returning 1`.execute(db);
  return rows.length > 0;
}

/** Notes that no look at the meeting is under way, so that a due one can be given out again. */
export async function releaseMeeting(db: Sql, of: OfLesson): Promise<void> {
  await sql`update meeting set queued_at = null where ${rowOf(of)}`.execute(db);
}

/**
 * True in SQL where a meeting has a look ahead. By this condition a plan made without values knows that few have (index
 * meeting_due).
 */
const hasLook = sql`due_at is not null`;

const isFree = (lostBefore: Date) => sql`(queued_at is null or queued_at <= ${lostBefore})`;

/** True in SQL where a meeting is due and not given out. */
export const meetingsAreDue = ({ at, lostBefore }: { at: Date; lostBefore: Date }) =>
  sql<boolean>`exists (select from meeting where ${hasLook} and due_at <= ${at} and ${isFree(lostBefore)})`;

/**
 * Gives out up to `atMost` due meetings of all schools. One that was given out before `lostBefore` is given out
 * again.
 */
export async function queueDue(
  db: Sql,
  { at, lostBefore, atMost }: { at: Date; lostBefore: Date; atMost: number },
): Promise<(OfLesson & { traceparent: string | null })[]> {
  const { rows } = await sql<OfLesson & { traceparent: string | null }>`
    update meeting set queued_at = ${at}
    where (school_id, lesson_id) in (select school_id, lesson_id from meeting
        where ${hasLook} and due_at <= ${at} and ${isFree(lostBefore)} order by due_at limit ${atMost})
      and ${isFree(lostBefore)}
    returning school_id as "schoolId", lesson_id as "lessonId", traceparent`.execute(db);
  return rows;
}

/** Takes back meetings that were given out at that instant and that the queue did not take. */
export async function takeBack(db: Sql, meetings: readonly OfLesson[], at: Date): Promise<void> {
  await sql`update meeting set queued_at = null where queued_at = ${at} and (school_id, lesson_id) in
    (select * from unnest(${meetings.map((m) => m.schoolId)}::text[], ${meetings.map((m) => m.lessonId)}::text[]))`.execute(
    db,
  );
}

/**
 * Moves waiting looks back by the step of the database's clock (reliability 20). Only looks after a failure move. The
 * others wait for the time of their lesson, which has not changed.
 */
export async function moveMeetingsBack(tx: Sql, stepMs: number): Promise<void> {
  const now = sql`clock_timestamp()`;
  const step = sql`${stepMs}::float8 * interval '1 millisecond'`;
  await sql`update meeting set queued_at = case when queued_at > ${now} then null else queued_at end,
      due_at = case when due_at > ${now} and attempts > 0 then due_at - ${step} else due_at end
    where due_at is not null and greatest(queued_at, due_at) > ${now}`.execute(tx);
}

/** Puts the new ids of the authors in (K4). */
export async function renameMeetingAuthors(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const author = sql`m.author_id`;
  await sql`update meeting m set author_id = ${ids.of(author)}
    where m.school_id = ${schoolId} and ${ids.has(author)}`.execute(tx);
}
