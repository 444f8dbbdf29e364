/** Compares a lesson with the clock and names its meeting. Pure. */
import { MINUTE_MS } from '../clock.ts';
import { sure } from '../sure.ts';
import { cleanText } from '../text/clean-text.ts';

export interface LessonTimes {
  startsAtMs: number;
  endsAtMs: number;
}

/**
 * `before`: nobody may enter yet · `running`: entry is open, early entry included (I8) · `over`: the lesson has ended
 */
export type Phase = 'before' | 'running' | 'over';

/**
 * Gives when entry opens, in ms since the epoch: the lesson's start, or as many minutes earlier as the school's
 * setting says.
 */
export function entryOpensAtMs({ startsAtMs }: LessonTimes, earlyEntryMinutes: number): number {
  return startsAtMs - earlyEntryMinutes * MINUTE_MS;
}

/** Gives the phase (I5). The first instant of a lesson belongs to it, and its end does not. */
export function phaseAt(lesson: LessonTimes, nowMs: number, earlyEntryMinutes: number): Phase {
  if (nowMs >= lesson.endsAtMs) return 'over';
  return nowMs >= entryOpensAtMs(lesson, earlyEntryMinutes) ? 'running' : 'before';
}

/** Gives the next instant at which the phase changes. Null where it does not change any more. */
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

/**
 * Gives the title of I3, letter for letter: `Урок по предмету «Краеведение» от 16.12.2022 15:50`, in the school's
 * time zone.
 */
export function defaultTitle(subject: string, startsAtMs: number, timeZone: string): string {
  return `${defaultStart(subject)} ${dayAndTime(startsAtMs, timeZone)}`;
}

/**
 * Whether a title is the default of a lesson of this subject at any time. A form that was opened before the lesson
 * was moved still shows the old time, although nobody has changed the title.
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
  const of = (type: Intl.DateTimeFormatPartTypes) => sure(parts.find((part) => part.type === type)).value;
  return `${of('day')}.${of('month')}.${of('year')} ${of('hour')}:${of('minute')}`;
}
