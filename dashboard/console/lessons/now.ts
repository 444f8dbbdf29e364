/** «Сейчас: География, до 14:50 [Войти]»: the way into a lesson that runs, on top of every page of a pupil's day. */
import { dayIn } from '../../../src/clock.ts';
import type { Context } from '../../../src/context.ts';
import type { LessonItem } from '../../../src/lessons/lesson-rows.ts';
import { lessonsOfPupils } from '../../../src/lessons/list-lessons.ts';
import { type LessonSchool, lessonSchool } from '../../../src/lessons/open-lesson.ts';
import { type Html, html } from '../html.ts';
import type { Visitor } from '../visitor.ts';
import { following } from './follow.ts';
import { clockTime, joinPath, phaseOf } from './parts.ts';

/** Shows the pupil's lessons that run now and have a call. */
export function nowPart(lessons: readonly LessonItem[], school: LessonSchool, nowMs: number): Html[] {
  return lessons
    .filter((lesson) => lesson.meeting && phaseOf(lesson, school, nowMs) === 'running')
    .map(
      ({ id, subject, endsAt }) =>
        html`<section class="notice good now" aria-label="Идёт урок"><p><strong>Сейчас: ${subject}</strong>, до ${clockTime(endsAt, school.timeZone)}</p><div class="actions"><a class="button primary" href="${joinPath(id)}" target="_blank" rel="noopener noreferrer" data-call="${id}" data-enters="${id}">Войти</a></div></section>`,
    );
}

/** Shows the same on a page without lessons. Null where the visitor has no lesson today. It follows the clock. */
export async function nowRegion(
  ctx: Context,
  { caller, school: { id: schoolId } }: Visitor,
): Promise<ReturnType<typeof following> | null> {
  if (caller.role !== 'student') return null;
  const school = await lessonSchool(ctx, schoolId);
  const nowMs = ctx.clock.now();
  const { timeZone } = school;
  const day = dayIn(timeZone, nowMs);
  const today = { from: { day, plusDays: 0, timeZone }, before: { day, plusDays: 1, timeZone } };
  const lessons = await lessonsOfPupils(ctx, schoolId, [caller.subject], today);
  if (lessons.length === 0) return null;
  return following(lessons, school, nowMs, html`${nowPart(lessons, school, nowMs)}`);
}
