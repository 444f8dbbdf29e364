/** Pieces that the pages of lessons share. */
import { dayIn } from '../../../src/clock.ts';
import type { Day } from '../../../src/desired/model.ts';
import { type Phase, phaseAt } from '../../../src/lessons/lesson.ts';
import type { LessonItem } from '../../../src/lessons/lesson-rows.ts';
import { type LessonSchool, timesOf } from '../../../src/lessons/open-lesson.ts';

import { type Html, html } from '../html.ts';
import { state } from '../parts/condition.ts';

/** «15:50» in the school's time zone. */
export function clockTime(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('ru-RU', { timeZone, timeStyle: 'short' }).format(new Date(instant));
}

/** «13:50 – 14:50» */
export function hours({ startsAt, endsAt }: LessonItem, timeZone: string): string {
  return `${clockTime(startsAt, timeZone)} – ${clockTime(endsAt, timeZone)}`;
}

/** Gives the lesson's phase under the school's setting for early entry. */
export function phaseOf(lesson: LessonItem, school: LessonSchool, nowMs: number): Phase {
  return phaseAt(timesOf(lesson), nowMs, school.earlyEntryMinutes);
}

/** Groups lessons by their days, in order. */
export function byDay(lessons: readonly LessonItem[], timeZone: string): Map<Day, LessonItem[]> {
  return Map.groupBy(lessons, ({ startsAt }) => dayIn(timeZone, Date.parse(startsAt)));
}

/** The page of a lesson in the journal. */
export const lessonPath = (lessonId: string) => `/journal/lessons/${encodeURIComponent(lessonId)}`;
/** The door of a lesson's call. */
export const joinPath = (lessonId: string) => `/lessons/${encodeURIComponent(lessonId)}/join`;

/** Shows the state of a lesson's meeting; empty where there is none. */
export function meetingState(lesson: LessonItem, phase: Phase): Html | string {
  if (!lesson.meeting) return '';
  const { status, message } = lesson.meeting.condition;
  if (phase !== 'over' && status === 'failing') return state('bad', 'не создаётся', message);
  switch (phase) {
    case 'before':
      return state('calm', 'создан');
    case 'running':
      return state('good', 'идёт');
    case 'over':
      return state('calm', 'завершился');
  }
}

/** A camera, as in the manual's diary. */
export const CAMERA = html`<svg class="camera" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 6h10a2 2 0 0 1 2 2v2.2l3.6-2.4c.6-.4 1.4 0 1.4.8v6.8c0 .8-.8 1.2-1.4.8L16 13.8V16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8c0-1.1.9-2 2-2z"/></svg>`;
