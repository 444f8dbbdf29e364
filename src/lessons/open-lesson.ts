import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { forbidden, notFound } from '../refusal.ts';
import { findSchool } from '../store/queries/viewer.ts';
import { zoneOf } from '../store/school-day.ts';
import { defaultTitle, type LessonTimes, type Phase, phaseAt } from './lesson.ts';
import { findLessons, type LessonItem } from './lesson-rows.ts';
import { type LessonStanding, standingTo } from './standing.ts';

/** A lesson as a caller who may see it finds it now. */
export interface OpenLesson {
  lesson: LessonItem;
  times: LessonTimes;
  standing: LessonStanding;
  school: LessonSchool;
  phase: Phase;
}

export interface LessonSchool {
  timeZone: string;
  earlyEntryMinutes: number;
}

/**
 * Gives the settings of a school that its lessons follow.
 * @throws Refusal(404)
 */
export async function lessonSchool(ctx: Context, schoolId: string): Promise<LessonSchool> {
  const school = await findSchool(ctx.db.of(schoolId), schoolId);
  if (!school) throw notFound();
  return {
    timeZone: zoneOf(ctx, school.timeZone),
    earlyEntryMinutes: school.earlyEntryMinutes,
  };
}

/**
 * Gives the lesson to a caller who may see it.
 * @throws Refusal: 404 where the school has no such lesson, or not any more; 403 for a caller who has no standing to
 * it
 */
export async function openLesson(ctx: Context, caller: Caller, lessonId: string): Promise<OpenLesson> {
  const { schoolId } = caller;
  const school = await lessonSchool(ctx, schoolId);
  const [lesson] = await findLessons(ctx.db.of(schoolId), schoolId, { ids: [lessonId] });
  if (!lesson) throw notFound();
  const standing = await standingTo(ctx.db.of(schoolId), caller, lesson, {
    schoolId,
    timeZone: school.timeZone,
  });
  if (!standing) throw forbidden();
  const times = timesOf(lesson);
  return {
    lesson,
    times,
    standing,
    school,
    phase: phaseAt(times, ctx.clock.now(), school.earlyEntryMinutes),
  };
}

/** Gives a lesson's times in ms since the epoch. */
export function timesOf({ startsAt, endsAt }: Pick<LessonItem, 'startsAt' | 'endsAt'>): LessonTimes {
  return { startsAtMs: Date.parse(startsAt), endsAtMs: Date.parse(endsAt) };
}

/** Gives what the meeting is called, or would be called. */
export function meetingTitle(lesson: LessonItem, timeZone: string): string {
  return lesson.meeting?.title ?? defaultTitle(lesson.subject, Date.parse(lesson.startsAt), timeZone);
}
