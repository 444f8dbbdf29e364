/** A lesson against the clock, and what its meeting is called. Pure. */
import { cleanText } from '../text/clean-text.ts';

const MINUTE_MS = 60_000;

export interface LessonTimes {
  startsAtMs: number;
  endsAtMs: number;
}

/** `before`: nobody may enter yet · `running`: entry is open, early entry included (I8) · `over` */
export type Phase = 'before' | 'running' | 'over';

/** When entry opens (ms since the epoch): the lesson's start, or so many minutes before it (a school's setting). */
export function entryOpensAtMs({ startsAtMs }: LessonTimes, earlyEntryMinutes: number): number {
  return startsAtMs - earlyEntryMinutes * MINUTE_MS;
}

/** I5: the first instant of a lesson is in it, its end is not. */
export function phaseAt(lesson: LessonTimes, nowMs: number, earlyEntryMinutes: number): Phase {
  if (nowMs >= lesson.endsAtMs) return 'over';
  return nowMs >= entryOpensAtMs(lesson, earlyEntryMinutes) ? 'running' : 'before';
}

/** The next instant at which the phase changes; null: never again. */
export function nextPhaseAtMs(lesson: LessonTimes, nowMs: number, earlyEntryMinutes: number): number | null {
  switch (phaseAt(lesson, nowMs, earlyEntryMinutes)) {
    case 'before':
      return entryOpensAtMs(lesson, earlyEntryMinutes);
    case 'running':
      return lesson.endsAtMs;
    case 'over':
      return null;
  }
}

/** I3, letter for letter: `Урок по предмету «Краеведение» от 16.12.2022 15:50`, in the school's time zone. */
export function defaultTitle(subject: string, startsAtMs: number, timeZone: string): string {
  return `${defaultStart(subject)} ${dayAndTime(startsAtMs, timeZone)}`;
}

/**
 * Whether a name is the default of a lesson of this subject, at whatever time: a form that was opened before the lesson
 * was moved says the old one, and nobody has changed it.
 */
export function isDefaultTitle(title: string, subject: string): boolean {
  const start = `${cleanText(defaultStart(subject))} `;
  return title.startsWith(start) && DAY_AND_TIME.test(title.slice(start.length));
}

const defaultStart = (subject: string) => `Урок по предмету «${subject}» от`;

const DAY_AND_TIME = /^\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}$/;

/** «16.12.2022 15:50». */
function dayAndTime(atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('ru-RU', {
    timeZone,
    ...{ day: '2-digit', month: '2-digit', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).formatToParts(atMs);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)!.value;
  return `${of('day')}.${of('month')}.${of('year')} ${of('hour')}:${of('minute')}`;
}
