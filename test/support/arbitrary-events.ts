/** Events at random about a small school: few people, units, orders and instants, so that everything meets everything. */
import fc from 'fast-check';
import { sql } from 'kysely';
import type { EventType } from '../../src/roster/events/event.ts';
import type { ApiWorld } from './api.ts';
import { everywhere } from './everywhere.ts';

export const PUPILS = ['p1', 'p2', 'p3', 'p4', 'p5'];
export const ADULTS = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
/** A person whom units and parents may name before anything is said of the person. */
const NEWCOMER = 'a7';
export const CLASSES = ['c1', 'c2'];
export const GROUPS = ['g1', 'g2'];
const ORDERS = ['o1', 'o2', 'o3', 'o4'];
/** Around the first of October, when the tests look. */
const DAYS = ['2026-09-01', '2026-09-20', '2026-09-30', '2026-10-01', '2026-10-20'];
export const INSTANTS = DAYS.slice(0, 4)
  .flatMap((day) => [`${day}T06:00:00.000Z`, `${day}T22:00:00.000Z`])
  .slice(0, 7);

export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: EventType;
  time: string;
  data: Record<string, unknown>;
}

const pupil = fc.constantFrom(...PUPILS);
const adult = fc.constantFrom(...ADULTS, NEWCOMER);
const person = fc.oneof({ arbitrary: pupil, weight: 2 }, { arbitrary: adult, weight: 2 });
const day = fc.constantFrom(...DAYS);
const maybeDay = fc.option(day, { freq: 2 });
const classId = fc.constantFrom(...CLASSES);
const groupId = fc.constantFrom(...GROUPS);
const adultRoles = fc.uniqueArray(fc.constantFrom('teacher', 'administrator', 'staff', 'parent', 'parent'), {
  minLength: 1,
  maxLength: 2,
});

/** The fields that a statement may leave out. */
export const PARTS = fc.record(
  { sex: fc.constantFrom('male', 'female'), birthDate: fc.constantFrom('2015-01-01', '2015-02-02') },
  { requiredKeys: [] },
);

const saved = fc.oneof(
  pupil.chain((id) =>
    fc.constantFrom(['student'], ['student'], ['student', 'parent']).map((roles) => ({ id, roles })),
  ),
  adult.chain((id) => adultRoles.map((roles) => ({ id, roles: [...new Set(roles)] }))),
);

const item = fc.record({
  studentId: pupil,
  classId: fc.option(classId, { freq: 1 }),
  toClassId: classId,
  subjectGroupIds: fc.uniqueArray(groupId, { maxLength: 2 }),
});
const order = fc
  .record({
    id: fc.constantFrom(...ORDERS),
    kind: fc.constantFrom('enrollment', 'withdrawal', 'withdrawal', 'transfer'),
    effectiveOn: day,
    items: fc.array(item, { minLength: 1, maxLength: 2 }),
  })
  .map((data) => ({
    ...data,
    items: data.items.map((one) => ({
      ...one,
      classId: data.kind === 'withdrawal' ? one.classId : (one.classId ?? 'c1'),
    })),
  }));

const DATA: Partial<Record<EventType, fc.Arbitrary<Record<string, unknown>>>> = {
  'sgo.person.saved': fc
    .tuple(saved, fc.constantFrom('Фамилия', 'Другая'), PARTS)
    .map(([one, familyName, parts]) => ({ familyName, givenName: one.id, ...one, ...parts })),
  'sgo.person.removed': person.map((id) => ({ id })),
  'sgo.class.saved': fc
    .record({ id: classId, homeroomTeacherIds: fc.uniqueArray(adult, { maxLength: 2 }), startsOn: maybeDay })
    .map((data) => ({ title: `${data.id} класс`, ...data })),
  'sgo.class.closed': classId.map((id) => ({ id })),
  'sgo.subject-group.saved': fc
    .record({
      id: groupId,
      classId: fc.option(classId),
      teacherIds: fc.uniqueArray(adult, { maxLength: 2 }),
      studentIds: fc.uniqueArray(pupil, { maxLength: 4 }),
    })
    .map((data) => ({ title: data.id, subject: 'География', ...data })),
  'sgo.subject-group.removed': groupId.map((id) => ({ id })),
  'sgo.guardian.linked': fc
    .record({ guardianId: person, studentId: pupil })
    .filter(({ guardianId, studentId }) => guardianId !== studentId),
  'sgo.guardian.unlinked': fc.record({ guardianId: person, studentId: pupil }),
  'sgo.order.issued': order,
  'sgo.order.cancelled': fc.constantFrom(...ORDERS).map((id) => ({ id })),
  // Everybody has a profile of their own. Another test asks who gets a shared one.
  'sgo.profile.linked': person.map((personId) => ({
    personId,
    vkUserId: 1000 + [...PUPILS, ...ADULTS, NEWCOMER].indexOf(personId),
  })),
  'sgo.profile.unlinked': person.map((personId) => ({ personId })),
};
const OFTEN: Partial<Record<EventType, number>> = {
  'sgo.person.saved': 4,
  'sgo.person.removed': 2,
  'sgo.order.issued': 6,
  'sgo.order.cancelled': 2,
  'sgo.class.saved': 2,
  'sgo.subject-group.saved': 3,
  'sgo.guardian.linked': 4,
};

/** Without ids: `numbered` gives them. */
export const arbitraryEvent = fc
  .oneof(
    ...Object.entries(DATA).map(([type, data]) => ({
      weight: OFTEN[type as EventType] ?? 1,
      arbitrary: data.map((one) => ({ type: type as EventType, data: one })),
    })),
  )
  .chain((event) => fc.constantFrom(...INSTANTS).map((time) => ({ ...event, time })));

export function numbered(
  events: readonly Pick<CloudEvent, 'type' | 'data' | 'time'>[],
  prefix = 'e',
): CloudEvent[] {
  return events.map((event, at) => ({ specversion: '1.0', source: 'sgo', id: `${prefix}${at}`, ...event }));
}

/** A school that exists: everybody is known, in units, with parents. */
export const FOUNDING: CloudEvent[] = numbered(
  [
    ...PUPILS.map((id) => [
      'sgo.person.saved',
      { id, familyName: 'Ученик', givenName: id, roles: ['student'] },
    ]),
    ...ADULTS.map((id, at) => [
      'sgo.person.saved',
      {
        id,
        familyName: 'Взрослый',
        givenName: id,
        roles: at === 0 ? ['administrator'] : at < 3 ? ['teacher'] : ['parent'],
      },
    ]),
    ...CLASSES.map((id, at) => ['sgo.class.saved', { id, title: id, homeroomTeacherIds: [`a${at + 2}`] }]),
    [
      'sgo.subject-group.saved',
      { id: 'g1', title: 'g1', subject: 'x', classId: 'c1', teacherIds: ['a2'], studentIds: ['p1', 'p2'] },
    ],
    [
      'sgo.subject-group.saved',
      { id: 'g2', title: 'g2', subject: 'x', teacherIds: ['a3'], studentIds: ['p3', 'p4'] },
    ],
    ...PUPILS.slice(0, 3).map((studentId, at) => [
      'sgo.guardian.linked',
      { guardianId: `a${4 + at}`, studentId },
    ]),
    [
      'sgo.order.issued',
      {
        id: 'o0',
        kind: 'enrollment',
        effectiveOn: '2026-08-25',
        items: PUPILS.map((studentId, at) => ({ studentId, classId: at < 3 ? 'c1' : 'c2' })),
      },
    ],
  ].map(([type, data]) => ({
    type: type as EventType,
    data: data as CloudEvent['data'],
    time: '2026-08-20T00:00:00.000Z',
  })),
  'founding-',
);

/** The same VK IDs are said in every school that is made: in each anew, as if there were no other (A7). */
export async function forgetProfiles(world: ApiWorld): Promise<void> {
  await sql`delete from profile_claim`.execute(everywhere(world));
  await sql`delete from profile_link`.execute(everywhere(world));
}
