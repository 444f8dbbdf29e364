import { sql } from 'kysely';
import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { forbidden, notFound } from '../refusal.ts';
import { hurryMeeting } from '../rows/meeting.ts';
import { callsOfSchool } from './calls-account.ts';
import { entryOpensAtMs } from './lesson.ts';
import { openLesson } from './open-lesson.ts';
import { callNotReady, callsNeedUserToken, lessonNotStarted, lessonOver } from './refusals.ts';
import { LESSON_RIGHTS } from './standing.ts';

/**
 * A meeting made in the middle of its lesson has its call after about a second, so somebody who enters meanwhile
 * waits up to this long.
 */
const WAIT_MS = 4_000;
const LOOK_EVERY_MS = 250;

/**
 * Gives the link of the lesson's call to somebody who may enter now (I5, I6). Anybody who has the link may enter the
 * call, so nobody else is given it. A person without a linked profile is given it too, because Sferum asks for the
 * profile on entry.
 * @throws Refusal: 403; 404 where there is no meeting; 409 `lesson-not-started`, `lesson-over`,
 * `calls-need-user-token`; 503 `call-not-ready`
 */
export async function enterLesson(
  ctx: Context,
  { caller, lessonId }: { caller: Caller; lessonId: string },
): Promise<string> {
  const { lesson, standing, times, phase, school } = await openLesson(ctx, caller, lessonId);
  if (!LESSON_RIGHTS[standing].enters) throw forbidden();
  if (!lesson.meeting) throw notFound();
  if (phase === 'over') throw lessonOver();
  if (phase === 'before') {
    throw lessonNotStarted(new Date(entryOpensAtMs(times, school.earlyEntryMinutes)).toISOString());
  }
  const link = lesson.meeting.joinLink ?? (await soonLink(ctx, caller.schoolId, lessonId));
  if (!ctx.leadsToSferum(link)) throw callNotReady();
  return link;
}

async function soonLink(ctx: Context, schoolId: string, lessonId: string): Promise<string> {
  const school = await callsOfSchool(ctx, schoolId);
  if (school && !school.mayCall) throw callsNeedUserToken();
  await hurry(ctx, schoolId, lessonId);
  const untilMs = ctx.clock.elapsed() + WAIT_MS;
  while (ctx.clock.elapsed() < untilMs) {
    await ctx.clock.sleep(LOOK_EVERY_MS);
    const link = await linkNow(ctx, schoolId, lessonId);
    if (link) return link;
  }
  throw callNotReady();
}

/**
 * Makes the meeting due now, because its look may be planned for later than entry opens under a changed setting. A
 * meeting in trouble keeps its pauses.
 */
async function hurry(ctx: Context, schoolId: string, lessonId: string): Promise<void> {
  const at = new Date(ctx.clock.now());
  if (await hurryMeeting(ctx.db.of(schoolId), { schoolId, lessonId }, at)) ctx.wake('meetings');
}

async function linkNow(ctx: Context, schoolId: string, lessonId: string): Promise<string | null> {
  const { rows } = await sql<{ link: string }>`
    select c.join_link as link from meeting m join meeting_call c using (school_id, lesson_id)
      join lesson l on l.school_id = m.school_id and l.id = m.lesson_id
    where m.school_id = ${schoolId} and m.lesson_id = ${lessonId} and m.deleted_at is null and c.state = 'open'
      and coalesce(c.subject_group_id, l.subject_group_id) = l.subject_group_id`.execute(ctx.db.of(schoolId));
  return rows[0]?.link ?? null;
}
