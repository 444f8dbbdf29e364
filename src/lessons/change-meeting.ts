import { byPerson } from '../author.ts';
import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { forbidden } from '../refusal.ts';
import { askMeeting, withdrawMeeting } from '../rows/meeting.ts';
import { cleanText } from '../text/clean-text.ts';
import { cutText } from '../text/cut-text.ts';
import { letCallGo } from './calls.ts';
import { callsOfSchool } from './calls-account.ts';
import { isDefaultTitle } from './lesson.ts';
import { noteMeeting } from './note-meeting.ts';
import { meetingTitle, type OpenLesson, openLesson } from './open-lesson.ts';
import { callsNeedUserToken, groupRemoved, lessonOver, schoolNotConnected } from './refusals.ts';
import { LESSON_RIGHTS } from './standing.ts';

/** A longer title is cut. */
export const MEETING_TITLE_CHARS = 200;

interface MeetingShown {
  title: string;
  startsAt: string;
  endsAt: string;
}

/**
 * Makes the lesson's distance meeting (I1, I3). Asking twice gives the same meeting, with the title that was given
 * last. Its call follows by the job.
 * @throws Refusal: 403 for somebody who does not teach the lesson; 404; 409 `lesson-over`, `group-removed`,
 * `calls-need-user-token`, `sferum-not-connected`
 */
export async function createMeeting(
  ctx: Context,
  { caller, lessonId, title }: { caller: Caller; lessonId: string; title: string | null },
): Promise<MeetingShown> {
  const opened = await openLesson(ctx, caller, lessonId);
  if (!LESSON_RIGHTS[opened.standing].makes) throw forbidden();
  if (opened.phase === 'over') throw lessonOver();
  if (!opened.lesson.isGroupThere) throw groupRemoved();
  const account = await callsOfSchool(ctx, caller.schoolId);
  if (!account) throw schoolNotConnected();
  if (!account.mayCall) throw callsNeedUserToken();
  const { schoolId } = caller;
  const given = givenTitle(opened, title);
  const at = new Date(ctx.clock.now());
  const kept = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const of = { schoolId, lessonId, at };
    const { isNew, title: stored } = await askMeeting(tx, { ...of, title: given, by: caller.subject });
    if (isNew) await noteMeeting(tx, { ...of, what: 'meeting-create', by: byPerson(caller.subject) });
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

/**
 * Deletes the meeting. Its call is shown to nobody from now on, and the job ends it for everybody (I4). Where there
 * is no meeting, nothing happens.
 */
export async function deleteMeeting(
  ctx: Context,
  { caller, lessonId }: { caller: Caller; lessonId: string },
): Promise<void> {
  const { standing } = await openLesson(ctx, caller, lessonId);
  if (!LESSON_RIGHTS[standing].deletes) throw forbidden();
  const { schoolId } = caller;
  const by = byPerson(caller.subject);
  const at = new Date(ctx.clock.now());
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    if (!(await withdrawMeeting(tx, { schoolId, lessonId }, at))) return;
    // The call is let go at once, so that a meeting made anew a moment later has a call of its own.
    await letCallGo(tx, { schoolId, lessonId, at });
    await noteMeeting(tx, { schoolId, lessonId, at, what: 'meeting-delete', by });
  });
  ctx.wake('meetings');
}

/**
 * Gives the title to store: undefined where none was given, null for the default, which follows the lesson when it is
 * moved.
 */
function givenTitle({ lesson }: OpenLesson, typed: string | null): string | null | undefined {
  const title = cleanText(typed ?? '');
  if (title === '') return undefined;
  return isDefaultTitle(title, lesson.subject) ? null : cutText(title, MEETING_TITLE_CHARS);
}
