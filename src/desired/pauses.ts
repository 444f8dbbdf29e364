/** K3: windows of days in which lists move nobody. What then waits, and what goes on, says without-lists.ts. Pure. */
import { plusDays } from '../text/days.ts';
import type { Day } from './model.ts';

/** Both days are included. */
export interface Pause {
  from: Day;
  to: Day;
}

/** A longer window is a slip of the pen: a summer has some 95 days. */
export const PAUSE_DAYS_AT_MOST = 200;
/** Windows of one school, and of the region for one school. */
export const PAUSES_AT_MOST = 20;

/** Says what is wrong with windows that were asked for: the first that cannot be, with the reason; null: nothing. */
export function wrongPause(
  windows: readonly Pause[],
): { pause: Pause; reason: 'reversed' | 'too-long' | 'overlapping' | 'too-many' } | null {
  const sorted = windows.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  for (const [i, pause] of sorted.entries()) {
    if (i >= PAUSES_AT_MOST) return { pause, reason: 'too-many' };
    if (pause.to < pause.from) return { pause, reason: 'reversed' };
    if (pause.to > plusDays(pause.from, PAUSE_DAYS_AT_MOST - 1)) return { pause, reason: 'too-long' };
    const before = sorted[i - 1];
    if (before && pause.from <= before.to) return { pause, reason: 'overlapping' };
  }
  return null;
}

/** Windows that overlap or follow one another are one pause. Sorted. */
export function joinedPauses(windows: readonly Pause[]): Pause[] {
  const joined: Pause[] = [];
  for (const { from, to } of windows.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = joined.at(-1);
    if (last && from <= plusDays(last.to, 1)) last.to = last.to > to ? last.to : to;
    else joined.push({ from, to });
  }
  return joined;
}

/** Gives the pause in which the day lies; null where it lies in none. */
export function pauseOn(windows: readonly Pause[], day: Day): Pause | null {
  return joinedPauses(windows).find(({ from, to }) => from <= day && day <= to) ?? null;
}

/** A pause is told of so many days before it begins. */
const TOLD_DAYS_BEFORE = 7;

/** Gives the pause that begins within the next days; null where none does, or one is on already. */
export function pauseAhead(windows: readonly Pause[], day: Day): Pause | null {
  if (pauseOn(windows, day) !== null) return null;
  const last = plusDays(day, TOLD_DAYS_BEFORE);
  return joinedPauses(windows).find(({ from }) => day < from && from <= last) ?? null;
}

/**
 * The offer for the year's turn: a week before the last school day to a week before the first one, which the day
 * meets next. Schools end on 31 May at the latest and begin on 1 September (Russian school year).
 */
export function summerPause(day: Day): Pause {
  const year = Number(day.slice(0, 4));
  const of = (n: number): Pause => ({ from: plusDays(`${n}-05-31`, -7), to: plusDays(`${n}-09-01`, -7) });
  return day <= of(year).to ? of(year) : of(year + 1);
}
