import { isPresent } from '../desired/evidence.ts';
import type { Day } from '../desired/model.ts';
import { enrolledOn } from '../desired/orders.ts';
import { loadFacts } from '../facts/load-facts.ts';
import type { Sql } from '../store/database.ts';
import type { EnrollmentStatement } from './facts-on.ts';
import type { Span } from './reading.ts';

/** A place as the database has it. */
interface StoredPlace extends Span {
  present: boolean;
}

/**
 * Gives the places of an incomplete file that it may add, because such a file takes nobody out (J2).
 * A place that is present is not stated again and never becomes wider than the file or the store says. A place that
 * an order ended stays ended: to state it here would give it a stamp that outweighs the order.
 */
function addedPlaces(
  places: readonly EnrollmentStatement[],
  stored: (place: EnrollmentStatement) => StoredPlace | undefined,
  isLeftByOrder: (place: EnrollmentStatement) => boolean,
  day: Day,
): EnrollmentStatement[] {
  return places.flatMap((place) => {
    if (isOver(place, day) || isLeftByOrder(place)) return [];
    const before = stored(place);
    if (!before?.present || !covers(before, day)) return [place];
    if (!covers(place, day) || !endsLater(place, before)) return [];
    return [{ ...place, beginsOn: before.beginsOn }];
  });
}

function isOver({ endsOn }: Span, day: Day): boolean {
  return endsOn !== null && endsOn < day;
}

function covers(span: Span, day: Day): boolean {
  return !isOver(span, day) && (span.beginsOn === null || span.beginsOn <= day);
}

function endsLater(place: Span, before: Span): boolean {
  return before.endsOn !== null && (place.endsOn === null || place.endsOn > before.endsOn);
}

/** Applies `addedPlaces` to what is stored of a school. */
export async function addedToStored(
  tx: Sql,
  schoolId: string,
  places: readonly EnrollmentStatement[],
  day: Day,
  dayOf: (at: string) => Day,
): Promise<EnrollmentStatement[]> {
  const facts = { ...(await loadFacts(tx, schoolId, { day })), dayOf };
  const enrolled = enrolledOn(facts, day);
  const stored = new Map<string, StoredPlace>();
  for (const { unit, unitId, studentId, beginsOn, endsOn, stated, gone } of facts.enrollments) {
    stored.set(keyOf({ unit, unitId, studentId }), { beginsOn, endsOn, present: isPresent(stated, gone) });
  }
  const isLeft = ({ unit, unitId, studentId }: EnrollmentStatement) => {
    const rolls = unit === 'class' ? enrolled.classes : enrolled.groups;
    return enrolled.leavers.has(studentId) || rolls.get(unitId)?.endings.has(studentId) === true;
  };
  return addedPlaces(places, (place) => stored.get(keyOf(place)), isLeft, day);
}

function keyOf({
  unit,
  unitId,
  studentId,
}: Pick<EnrollmentStatement, 'unit' | 'unitId' | 'studentId'>): string {
  return [unit, unitId, studentId].join('\n');
}
