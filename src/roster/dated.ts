/** Decides which roles, teachers and places hold on a day (D13). Spans include both ends; null is no bound. */

import type { Day } from '../desired/model.ts';
import { sure } from '../sure.ts';
import { plusDays } from '../text/days.ts';
import type { Span } from './reading.ts';

/** A person's role, or a unit's teacher, with its days. */
export interface Dated extends Span {
  id: string;
}

/** Whether a span ended before the day. */
export function hasEnded(span: Span, day: Day): boolean {
  return span.endsOn !== null && span.endsOn < day;
}

function holdsOn(span: Span, day: Day): boolean {
  return !hasEnded(span, day) && (span.beginsOn === null || span.beginsOn <= day);
}

/** Gives the ids that hold on the day, sorted, each once. */
export function heldOn(all: readonly Dated[], day: Day): string[] {
  const [only] = all;
  if (only !== undefined && all.length === 1) return holdsOn(only, day) ? [only.id] : [];
  return [...new Set(all.filter((one) => holdsOn(one, day)).map(({ id }) => id))].sort();
}

/** Gives those that must be looked at again on a later day; null where nothing changes after the day. */
export function datedAfter(all: readonly Dated[], day: Day): Dated[] | null {
  const changes = all.some(
    (one) => !hasEnded(one, day) && (one.endsOn !== null || (one.beginsOn !== null && one.beginsOn > day)),
  );
  return changes ? all.filter((one) => !hasEnded(one, day)) : null;
}

/**
 * Gives the day on which teachers are read: the unit's first day where that is still to come, because a roster may be
 * sent in August.
 */
export function teachingDay(beginsOn: Day | null, day: Day): Day {
  return beginsOn !== null && beginsOn > day ? beginsOn : day;
}

/**
 * Gives the span that holds on the day, joined with those that touch it. Where none holds, it is the next one, and
 * where none follows, the last one.
 */
export function spanOn(spans: readonly Span[], day: Day): Span {
  if (spans.length === 1) return sure(spans[0]);
  const joined = joinTouching(spans);
  return joined.find((span) => !hasEnded(span, day)) ?? sure(joined.at(-1));
}

/** Gives the spans that come to hold after the one of the day; null where there are none. */
export function spansAfter(spans: readonly Span[], day: Day): Span[] | null {
  if (spans.length <= 1) return null;
  const left = joinTouching(spans).filter((span) => !hasEnded(span, day));
  return left.length > 1 ? left : null;
}

/** Sorts spans by time and joins those that overlap or adjoin. */
function joinTouching(spans: readonly Span[]): Span[] {
  const begin = (span: Span) => span.beginsOn ?? '';
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => (begin(a) < begin(b) ? -1 : 1))) {
    const last = joined.at(-1);
    if (last === undefined || (last.endsOn !== null && begin(span) > plusDays(last.endsOn, 1)))
      joined.push({ beginsOn: span.beginsOn, endsOn: span.endsOn });
    else if (last.endsOn !== null && (span.endsOn === null || span.endsOn > last.endsOn))
      last.endsOn = span.endsOn;
  }
  return joined;
}
