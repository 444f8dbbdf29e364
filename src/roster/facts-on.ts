import type { Day, UnitKind } from '../desired/model.ts';
import { sure } from '../sure.ts';
import { type Dated, datedAfter, hasEnded, heldOn, spanOn, spansAfter, teachingDay } from './dated.ts';
import type { PersonReading, SchoolReading, Span } from './reading.ts';

/** The facts that a roster file states of one school on a day. Lists are sorted, so equal facts are equal values. */
export interface SchoolFacts {
  people: PersonStatement[];
  classes: ClassStatement[];
  groups: GroupStatement[];
  enrollments: EnrollmentStatement[];
  guardians: { guardianId: string; studentId: string }[];
}

export interface PersonStatement extends Omit<PersonReading, 'roles'> {
  roles: string[];
  /** The roles with their days where some begin or end later; null where none does. */
  datedRoles: Dated[] | null;
}

export interface ClassStatement extends Span {
  id: string;
  title: string;
  grade: string | null;
  teacherIds: string[];
  datedTeachers: Dated[] | null;
  unclearDays: boolean;
}

export interface GroupStatement extends Span {
  id: string;
  title: string;
  subject: string;
  classId: string | null;
  teacherIds: string[];
  datedTeachers: Dated[] | null;
  unclearDays: boolean;
}

export interface EnrollmentStatement extends Span {
  unit: UnitKind;
  unitId: string;
  studentId: string;
  /** The spans that follow this one; null where there are none. */
  datedSpans: Span[] | null;
}

/**
 * Gives the facts that hold on one day: one span an enrollment, and no spans for roles and teachers. What changes on
 * a later day stands beside them (settle-days.ts).
 */
export function factsOn(school: SchoolReading, day: Day): SchoolFacts {
  const people = [...school.people.values()].flatMap((person) => statePerson(person, day));
  const known = new Set(people.map((person) => person.id));
  const homerooms = homeroomsByDay(school);
  const facts: SchoolFacts = { people, classes: [], groups: [], enrollments: [], guardians: [] };
  for (const unit of school.units.values()) {
    const pupils = school.pupils.get(unit.id) ?? new Map<string, Span[]>();
    const teachers = datedTeachers(school.teachers.get(unit.id), known);
    const teacherIds = heldOn(teachers, teachingDay(unit.beginsOn, day));
    const { id, title, grade, subject, beginsOn, endsOn, unclearDays } = unit;
    const days = { beginsOn, endsOn, unclearDays, datedTeachers: datedAfter(teachers, day) };
    if (unit.kind === 'class') facts.classes.push({ id, title, grade, ...days, teacherIds });
    else {
      const classId = sharedHomeroom(pupils, homerooms, lastDayOf(pupils, day));
      facts.groups.push({ id, title, subject, classId, ...days, teacherIds });
    }
    for (const [studentId, spans] of pupils) {
      const place = { unit: unit.kind, unitId: id, studentId, datedSpans: spansAfter(spans, day) };
      facts.enrollments.push({ ...place, ...spanOn(spans, day) });
    }
  }
  for (const [studentId, guardians] of school.guardians) {
    for (const guardianId of guardians) facts.guardians.push({ guardianId, studentId });
  }
  return facts;
}

/** A person whose roles have all ended has left (D6). A person whose roles all begin later has none yet (D13). */
function statePerson({ roles, ...person }: PersonReading, day: Day): PersonStatement[] {
  const dated = roles.map(({ role, span }) => ({ id: role, ...span }));
  if (dated.every((role) => hasEnded(role, day))) return [];
  return [{ ...person, roles: heldOn(dated, day), datedRoles: datedAfter(dated, day) }];
}

function datedTeachers(
  teachers: ReadonlyMap<string, Span[]> | undefined,
  known: ReadonlySet<string>,
): Dated[] {
  return [...(teachers ?? [])].flatMap(([id, spans]) =>
    known.has(id) ? spans.map(({ beginsOn, endsOn }) => ({ id, beginsOn, endsOn })) : [],
  );
}

type Homerooms = ReadonlyMap<string, ReadonlySet<string>>;

/** The homerooms of a day, worked out once. Many groups have the same last day. */
function homeroomsByDay(school: SchoolReading): (day: Day) => Homerooms {
  const known = new Map<Day, Homerooms>();
  return (day) => {
    const of = known.get(day) ?? homeroomsOf(school, day);
    known.set(day, of);
    return of;
  };
}

/** Gives the day, or an earlier one: the last on which the group had a pupil. So a group that is over keeps its class. */
function lastDayOf(pupils: ReadonlyMap<string, Span[]>, day: Day): Day {
  let last: Day | null = null;
  for (const spans of pupils.values()) {
    const { endsOn } = spanOn(spans, day);
    if (endsOn === null || endsOn >= day) return day;
    if (last === null || endsOn > last) last = endsOn;
  }
  return last ?? day;
}

/** By pupil, the homerooms that the pupil has not left. */
function homeroomsOf(school: SchoolReading, day: Day): Map<string, Set<string>> {
  const homerooms = new Map<string, Set<string>>();
  for (const [unitId, pupils] of school.pupils) {
    if (school.units.get(unitId)?.kind !== 'class') continue;
    for (const [pupilId, spans] of pupils) {
      if (hasEnded(spanOn(spans, day), day)) continue;
      homerooms.set(pupilId, (homerooms.get(pupilId) ?? new Set()).add(unitId));
    }
  }
  return homerooms;
}

/** Gives the one homeroom that all pupils of a group share, or null. Pupils who have left the group do not count. */
function sharedHomeroom(
  pupils: ReadonlyMap<string, Span[]>,
  homerooms: (day: Day) => Homerooms,
  day: Day,
): string | null {
  const held = homerooms(day);
  let shared: ReadonlySet<string> | undefined;
  for (const [pupilId, spans] of pupils) {
    if (hasEnded(spanOn(spans, day), day)) continue;
    const own = held.get(pupilId);
    if (own === undefined) return null;
    // Most groups are of one class, whose only homeroom all of them have.
    if (shared === undefined || [...shared].every((id) => own.has(id))) shared ??= own;
    else shared = new Set([...shared].filter((id) => own.has(id)));
  }
  return shared?.size === 1 ? sure([...shared][0]) : null;
}
