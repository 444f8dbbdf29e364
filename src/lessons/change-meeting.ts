import { sql } from 'kysely';
import { byPerson } from '../author.ts';
import type { Context } from '../context.ts';
import type { Sql } from '../store/database.ts';
import { cleanText } from '../text/clean-text.ts';
import { cutText } from '../text/cut-text.ts';
import { letGo } from './calls.ts';
import { callsOfSchool } from './calls-account.ts';
import { isDefaultTitle } from './lesson.ts';
import { noteMeeting } from './note-meeting.ts';
import { meetingTitle, type OpenLesson, openLesson } from './open-lesson.ts';
import { callsNeedUserToken, groupRemoved, lessonOver, notOfLesson, schoolNotConnected } from './refusals.ts';
import { type Asker, LESSON_RIGHTS } from './standing.ts';

/** A longer name is cut. */
export const MEETING_TITLE_CHARS = 200;

export interface MeetingShown {
  title: string;
  startsAt: string;
  endsAt: string;
}

/**
 * Makes the lesson's distance meeting (I1, I3). Asked twice it is the same one, with the name that was given last;
 * its call follows by the job. Throws Refusal: 403 for who does not teach the lesson, 404, 409 `lesson-over`,
 * `group-removed`, `calls-need-user-token`, `sferum-not-connected`.
 */
export async function createMeeting(
  ctx: Context,
  { asker, lessonId, title }: { asker: Asker; lessonId: string; title: string | null },
): Promise<MeetingShown> {
  const opened = await openLesson(ctx, asker, lessonId);
  if (!LESSON_RIGHTS[opened.standing].makes) throw notOfLesson();
  if (opened.phase === 'over') throw lessonOver();
  if (!opened.lesson.isGroupThere) throw groupRemoved();
  const account = await callsOfSchool(ctx, asker.schoolId);
  if (!account) throw schoolNotConnected();
  if (!account.mayCall) throw callsNeedUserToken();
  const given = givenTitle(opened, title);
  const at = new Date(ctx.clock.now());
  const kept = await ctx.db.transactionOf(asker.schoolId, async ({ sql: tx }) => {
    const { isNew, title: stored } = await save(tx, { asker, lessonId, given, at });
    if (isNew)
      await noteMeeting(tx, {
        schoolId: asker.schoolId,
        lessonId,
        at,
        what: 'meeting-create',
        by: byPerson(asker.subject),
      });
    return stored;
  });
  ctx.wake('meetings');
  const { lesson, school } = opened;
  return {
    title: kept ?? meetingTitle({ ...lesson, meeting: null }, school.timeZone),
    startsAt: lesson.startsAt,
    endsAt: lesson.endsAt,
  };
}

/** Deletes it: its call is shown to nobody from now on, and ended for all by the job (I4). None: nothing to do. */
export async function deleteMeeting(
  ctx: Context,
  { asker, lessonId }: { asker: Asker; lessonId: string },
): Promise<void> {
  const { standing } = await openLesson(ctx, asker, lessonId);
  if (!LESSON_RIGHTS[standing].deletes) throw notOfLesson();
  const { schoolId } = asker;
  const by = byPerson(asker.subject);
  const at = new Date(ctx.clock.now());
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const { rows } = await sql`
      update meeting set deleted_at = ${at}, generation = generation + 1, due_at = ${at}, queued_at = null, attempts = 0
      where school_id = ${schoolId} and lesson_id = ${lessonId} and deleted_at is null returning 1`.execute(
      tx,
    );
    if (rows.length === 0) return;
    // At once, so that a meeting made anew a moment later has a call of its own.
    await letGo(tx, { schoolId, lessonId, at });
    await noteMeeting(tx, { schoolId, lessonId, at, what: 'meeting-delete', by });
  });
  ctx.wake('meetings');
}

/** Undefined: none was given. Null: the default, which follows the lesson when it is moved. */
function givenTitle({ lesson }: OpenLesson, typed: string | null): string | null | undefined {
  const title = cleanText(typed ?? '');
  if (title === '') return undefined;
  return isDefaultTitle(title, lesson.subject) ? null : cutText(title, MEETING_TITLE_CHARS);
}

async function save(
  tx: Sql,
  {
    asker,
    lessonId,
    given,
    at,
  }: { asker: Asker; lessonId: string; given: string | null | undefined; at: Date },
): Promise<{ isNew: boolean; title: string | null }> {
  const { schoolId, subject: author } = asker;
  const title = given ?? null;
  const { rows } = await sql<{ title: string | null }>`
    insert into meeting (school_id, lesson_id, title, author_id, asked_at, due_at, condition_since)
    values (${schoolId}, ${lessonId}, ${title}, ${author}, ${at}, ${at}, ${at})
    on conflict (school_id, lesson_id) do update set title = excluded.title, author_id = excluded.author_id,
      asked_at = excluded.asked_at, deleted_at = null, generation = meeting.generation + 1, due_at = excluded.due_at,
      queued_at = null, attempts = 0
      where meeting.deleted_at is not null
    returning title`.execute(tx);
  if (rows[0]) return { isNew: true, title: rows[0].title };
  const { rows: known } = await sql<{ title: string | null }>`
    update meeting set title = ${given === undefined ? sql`title` : title}
    where school_id = ${schoolId} and lesson_id = ${lessonId} returning title`.execute(tx);
  return { isNew: false, title: known[0]!.title };
}
