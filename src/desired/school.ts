/** One school on one day: its facts, indexed once, and who is still there (D6). */
import type { Day, PersonFact, RosterFacts } from './model.ts';
import { compareText } from './names.ts';
import { type Enrolled, enrolledOn } from './orders.ts';
import { isAdministrator, isOnlyPupil } from './roles.ts';

export interface School {
  readonly facts: RosterFacts;
  readonly day: Day;
  readonly enrolled: Enrolled;
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
  const guardians = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const { guardianId, studentId } of facts.guardians) {
    append(guardians, studentId, guardianId);
    append(children, guardianId, studentId);
  }

  const hasChildHere = (guardianId: string) =>
    (children.get(guardianId) ?? NOBODY).some((id) => people.has(id) && !enrolled.leavers.has(id));

  /** A person has departed when every role has. A person without a role belongs to nobody any more. */
  const isHere = (person: PersonFact) =>
    person.roles.some((role) => {
      if (role === 'student') return !enrolled.leavers.has(person.id);
      return role !== 'parent' || hasChildHere(person.id);
    });

  const presence = new Map<string, boolean>();
  const isPresent = (personId: string) => {
    let present = presence.get(personId);
    if (present === undefined) {
      const person = people.get(personId);
      present = person !== undefined && isHere(person);
      presence.set(personId, present);
    }
    return present;
  };

  return {
    facts,
    day,
    enrolled,
    administratorIds: [...people.values()]
      .filter(isAdministrator)
      .map((person) => person.id)
      .sort(compareText),
    guardiansOf: (studentId) => guardians.get(studentId) ?? NOBODY,
    isPresent,
    isOnlyPupil: (personId) => {
      const person = people.get(personId);
      return person !== undefined && isOnlyPupil(person);
    },
    departureOrder: (personId) => {
      if (isPresent(personId)) return undefined;
      const own = enrolled.leavers.get(personId)?.orderId;
      if (own !== undefined) return own;
      return (children.get(personId) ?? NOBODY)
        .map((childId) => enrolled.leavers.get(childId)?.orderId)
        .filter((orderId) => orderId !== undefined)
        .sort(compareText)[0];
    },
  };
}

function append(index: Map<string, string[]>, key: string, value: string): void {
  const values = index.get(key);
  if (values) values.push(value);
  else index.set(key, [value]);
}
