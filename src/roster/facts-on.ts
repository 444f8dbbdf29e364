import type { Day, UnitKind } from '../desired/model.ts';
import type { PersonReading, SchoolReading, Span, UnitReading } from './reading.ts';

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
}

export interface ClassStatement extends Span {
  id: string;
  title: string;
  grade: string | null;
  teacherIds: string[];
  unclearDays: boolean;
}

export interface GroupStatement extends Span {
  id: string;
  title: string;
  subject: string;
  classId: string | null;
  teacherIds: string[];
  unclearDays: boolean;
}

export interface EnrollmentStatement extends Span {
  unit: UnitKind;
  unitId: string;
  studentId: string;
}

/**
 * Our facts keep one span an enrollment and none for roles and teachers; what the file says with several is
 * settled for the day it was taken.
 */
export function factsOn(school: SchoolReading, day: Day): SchoolFacts {
  const people = [...school.people.values()].flatMap((person) => statePerson(person, day));
  const known = new Set(people.map((person) => person.id));
  const homerooms = homeroomsOf(school, day);
  const facts: SchoolFacts = { people, classes: [], groups: [], enrollments: [], guardians: [] };
  for (const unit of school.units.values()) {
    const pupils = school.pupils.get(unit.id) ?? new Map<string, Span[]>();
    const teacherIds = teachersOn(unit, school.teachers.get(unit.id), day).filter((id) => known.has(id));
    const { id, title, grade, subject, beginsOn, endsOn, unclearDays } = unit;
    const days = { beginsOn, endsOn, unclearDays };
    if (unit.kind === 'class') facts.classes.push({ id, title, grade, ...days, teacherIds });
    else {
      const classId = sharedHomeroom(pupils, homerooms, day);
      facts.groups.push({ id, title, subject, classId, ...days, teacherIds });
    }
    for (const [studentId, spans] of pupils) {
      facts.enrollments.push({ unit: unit.kind, unitId: id, studentId, ...spanOn(spans, day) });
    }
  }
  for (const [studentId, guardians] of school.guardians) {
    for (const guardianId of guardians) facts.guardians.push({ guardianId, studentId });
  }
  return facts;
}

/** A person whose roles have all ended has left (D6). */
function statePerson({ roles, ...person }: PersonReading, day: Day): PersonStatement[] {
  const held = new Set(roles.filter(({ span }) => !hasEnded(span, day)).map(({ role }) => role));
  return held.size === 0 ? [] : [{ ...person, roles: [...held].sort() }];
}

function hasEnded(span: Span, day: Day): boolean {
  return span.endsOn !== null && span.endsOn < day;
}

/** The span that holds on the day, joined with those that touch it; else the next one; else the last one. */
export function spanOn(spans: readonly Span[], day: Day): Span {
  if (spans.length === 1) return spans[0]!;
  const joined = joinTouching(spans);
  return joined.find((span) => !hasEnded(span, day)) ?? joined.at(-1)!;
}

/** In order of time; overlapping and adjoining spans become one. */
function joinTouching(spans: readonly Span[]): Span[] {
  const begin = (span: Span) => span.beginsOn ?? '';
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => (begin(a) < begin(b) ? -1 : 1))) {
    const last = joined.at(-1);
    if (last === undefined || (last.endsOn !== null && begin(span) > dayAfter(last.endsOn)))
      joined.push({ ...span });
    else if (last.endsOn !== null && (span.endsOn === null || span.endsOn > last.endsOn))
      last.endsOn = span.endsOn;
  }
  return joined;
}

function dayAfter(day: Day): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** Who teaches on the day, or on the unit's first day when that is still to come: a roster may be sent in August. */
function teachersOn(
  unit: UnitReading,
  teachers: ReadonlyMap<string, Span[]> | undefined,
  day: Day,
): string[] {
  const on = unit.beginsOn !== null && unit.beginsOn > day ? unit.beginsOn : day;
  const holds = (span: Span) => !hasEnded(span, on) && (span.beginsOn === null || span.beginsOn <= on);
  return [...(teachers ?? [])].flatMap(([id, spans]) => (spans.some(holds) ? id : [])).sort();
}

/** By pupil, the homerooms that he has not left. */
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

/** The one homeroom that all pupils of a group share, or null (those who have left the group do not count). */
function sharedHomeroom(
  pupils: ReadonlyMap<string, Span[]>,
  homerooms: ReadonlyMap<string, ReadonlySet<string>>,
  day: Day,
): string | null {
  let shared: ReadonlySet<string> | undefined;
  for (const [pupilId, spans] of pupils) {
    if (hasEnded(spanOn(spans, day), day)) continue;
    const own = homerooms.get(pupilId) ?? new Set<string>();
    shared = shared === undefined ? own : new Set([...shared].filter((id) => own.has(id)));
  }
  return shared?.size === 1 ? [...shared][0]! : null;
}
