/** One school on one day: its facts, indexed once, and who is still there (D6). */
import type { Day, PersonFact, RosterFacts } from './model.ts';
import { compareText } from './names.ts';
import { type Enrolled, enrolledOn } from './orders.ts';
import { isAdministrator, isOnlyPupil } from './roles.ts';
import { type Succession, successionOf } from './succession.ts';

export interface School {
  readonly facts: RosterFacts;
  readonly day: Day;
  readonly enrolled: Enrolled;
  /** Which classes and groups continue others (K4). */
  readonly succession: Succession;
  /** The school admins who are there, sorted by id. */
  readonly administratorIds: readonly string[];
  /** The guardians of a pupil, present or not. */
  guardiansOf(studentId: string): readonly string[];
  /** Whether the person is known and has not departed. Anybody else is in no chat. */
  isPresent(personId: string): boolean;
  /** Whether the person is known, and a pupil and nothing else (roles.ts). */
  isOnlyPupil(personId: string): boolean;
  /** The order by which a departed person left: their own, or that of a departed child. */
  departureOrder(personId: string): string | undefined;
}

const NOBODY: readonly string[] = [];

/** Indexes the facts. It costs one pass over each list. */
export function schoolOn(facts: RosterFacts, day: Day): School {
  const { people } = facts;
  const enrolled = enrolledOn(facts, day);
  const { leavers } = enrolled;
  const { guardiansOf, childrenOf } = familiesOf(facts);
  const hasChildHere = (guardianId: string) =>
    childrenOf(guardianId).some((id) => people.has(id) && !leavers.has(id));
  const isPresent = presenceOf(people, { leavers, hasChildHere });
  return {
    facts,
    day,
    enrolled,
    succession: successionOf(facts, day),
    administratorIds: [...people.values()]
      .filter(isAdministrator)
      .map((person) => person.id)
      .sort(compareText),
    guardiansOf,
    isPresent,
    isOnlyPupil: (personId) => {
      const person = people.get(personId);
      return person !== undefined && isOnlyPupil(person);
    },
    departureOrder: (personId) => {
      if (isPresent(personId)) return undefined;
      const own = leavers.get(personId)?.orderId;
      if (own !== undefined) return own;
      return childrenOf(personId)
        .map((childId) => leavers.get(childId)?.orderId)
        .filter((orderId) => orderId !== undefined)
        .sort(compareText)[0];
    },
  };
}

/**
 * Tells who is there. A person has departed when every role has. A person without a role belongs to nobody any more.
 */
function presenceOf(
  people: RosterFacts['people'],
  { leavers, hasChildHere }: { leavers: Enrolled['leavers']; hasChildHere: (guardianId: string) => boolean },
): (personId: string) => boolean {
  const isHere = (person: PersonFact) =>
    person.roles.some((role) => {
      if (role === 'student') return !leavers.has(person.id);
      return role !== 'parent' || hasChildHere(person.id);
    });
  const known = new Map<string, boolean>();
  return (personId) => {
    let present = known.get(personId);
    if (present === undefined) {
      const person = people.get(personId);
      present = person !== undefined && isHere(person);
      known.set(personId, present);
    }
    return present;
  };
}

type Relatives = (personId: string) => readonly string[];

/** The guardians of each pupil and the children of each guardian, present or not. */
function familiesOf({ guardians }: RosterFacts): { guardiansOf: Relatives; childrenOf: Relatives } {
  const byChild = new Map<string, string[]>();
  const byGuardian = new Map<string, string[]>();
  for (const { guardianId, studentId } of guardians) {
    append(byChild, studentId, guardianId);
    append(byGuardian, guardianId, studentId);
  }
  return {
    guardiansOf: (studentId) => byChild.get(studentId) ?? NOBODY,
    childrenOf: (guardianId) => byGuardian.get(guardianId) ?? NOBODY,
  };
}

function append(index: Map<string, string[]>, key: string, value: string): void {
  const values = index.get(key);
  if (values) values.push(value);
  else index.set(key, [value]);
}
