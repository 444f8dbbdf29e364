import { nextPhaseAtMs } from '../../../src/lessons/lesson.ts';
import type { LessonItem } from '../../../src/lessons/lesson-rows.ts';
import { type LessonSchool, timesOf } from '../../../src/lessons/open-lesson.ts';
import { type Html, html } from '../html.ts';

/**
 * Without script a page is loaded again at its next change, but never sooner than the first and never later than the
 * second of these.
 */
const SOONEST_SECONDS = 5;
const LATEST_SECONDS = 300;

/**
 * The part of a page that follows the clock. static/lessons.js loads the page again when something on it changes, and
 * puts the new part in place of the old. The script is told how long to wait, not until when, so that our clock
 * counts.
 */
export function following(
  lessons: readonly LessonItem[],
  school: LessonSchool,
  nowMs: number,
  body: Html,
): { region: Html; refreshSeconds: number } {
  const changes = lessons
    .map((lesson) => nextPhaseAtMs(timesOf(lesson), nowMs, school.earlyEntryMinutes))
    .filter((atMs) => atMs !== null);
  const inMs = changes.length > 0 ? Math.min(...changes) - nowMs : null;
  const seconds = Math.ceil((inMs ?? Number.POSITIVE_INFINITY) / 1000);
  return {
    region: html`<div class="stack" id="lessons" data-follows-clock${inMs === null ? '' : html` data-changes-in-ms="${inMs}"`}>${body}</div>`,
    refreshSeconds: Math.min(LATEST_SECONDS, Math.max(SOONEST_SECONDS, seconds)),
  };
}
