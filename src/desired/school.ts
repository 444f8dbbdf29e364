/** One school on one day: the facts indexed once, and who is still there (D6). */
import type { Day, PersonFact, RosterFacts } from './model.ts';
import { compareText } from './names.ts';
import { type Enrolled, enrolledOn } from './orders.ts';

export interface School {
  readonly facts: RosterFacts;
  readonly day: Day;
  readonly enrolled: Enrolled;
  /** School administrators who are there, by id. */
  readonly administratorIds: readonly string[];
  /** Guardians by pupil, whether they are there or not. */
  guardiansOf(studentId: string): readonly string[];
  /** Known and not departed: who is not, is in no chat at all. */
  isPresent(personId: string): boolean;
  /** Role student alone: never an admin (C5), never in a parents' chat by the rules (J6). */
  isPupil(personId: string): boolean;
  /** The order by which a departed person left: his own, or a departed child's. */
  departureOrder(personId: string): string | undefined;
}

const NOBODY: readonly string[] = [];

/** Indexes the facts; cost one pass over each list. */
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

  /** Departed only when every role is; a person without any role is nobody's any more. */
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
      .filter((person) => person.roles.includes('administrator'))
      .map((person) => person.id)
      .sort(compareText),
    guardiansOf: (studentId) => guardians.get(studentId) ?? NOBODY,
    isPresent,
    isPupil: (personId) => {
      const roles = people.get(personId)?.roles;
      return roles !== undefined && roles.length > 0 && roles.every((role) => role === 'student');
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
