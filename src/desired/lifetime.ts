/** When classes and subject groups are current (D11, D9). Both bounds of their days are included. */

import type { Lifetime } from './draft.ts';
import type { ClassFact, Day, GroupFact } from './model.ts';

interface Bounded {
  startsOn: Day | null;
  endsOn: Day | null;
  closed: boolean;
}

/** A unit without dates is current (D11). A closed one is over, whatever its dates. */
export function lifetimeOf(unit: Bounded, day: Day): Lifetime {
  if (unit.closed || (unit.endsOn !== null && unit.endsOn < day)) return 'over';
  if (unit.startsOn !== null && unit.startsOn > day) return 'ahead';
  return 'current';
}

/** A group lives within its own days and those of its class. A class that is not known bounds nothing. */
export function groupLifetime(group: GroupFact, schoolClass: ClassFact | undefined, day: Day): Lifetime {
  const own = lifetimeOf(group, day);
  if (!schoolClass || own === 'over') return own;
  const ofClass = lifetimeOf(schoolClass, day);
  return ofClass === 'current' ? own : ofClass;
}
