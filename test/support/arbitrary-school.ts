/** Small schools at random: few people and units, so that everything meets everything. */
import fc from 'fast-check';
import type {
  ChatFact,
  EnrollmentFact,
  ExceptionFact,
  OrderFact,
  Role,
  RosterFacts,
  UnitKind,
} from '../../src/desired/model.ts';
import { stamp } from './small-school.ts';

const PUPILS = ['p1', 'p2', 'p3', 'p4', 'p5'];
const ADULTS = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
const CLASSES = ['5А', '5Б'];
const GROUPS = ['geo', 'club'];
/** Around the first of October, when the tests look. */
const DAYS = [
  '2026-08-25',
  '2026-09-01',
  '2026-09-10',
  '2026-09-20',
  '2026-09-30',
  '2026-10-01',
  '2026-10-20',
];

const pupil = fc.constantFrom(...PUPILS);
const adult = fc.constantFrom(...ADULTS);
const person = fc.oneof(pupil, adult);
const day = fc.constantFrom(...DAYS);
const maybeDay = fc.option(day, { freq: 1 });
const adultRoles = fc.uniqueArray(fc.constantFrom<Role>('teacher', 'administrator', 'staff', 'parent'), {
  minLength: 1,
  maxLength: 3,
});
const pupilRoles = fc.constantFrom<Role[]>(['student'], ['student'], ['student'], ['student', 'parent']);
const statement = fc.option(
  fc.tuple(day, fc.constantFrom('i1', 'i2')).map(([on, by]) => stamp(on, by)),
  { freq: 4 },
);
const bounds = { startsOn: maybeDay, endsOn: maybeDay, closed: fc.boolean() };
const openBounds = { startsOn: fc.constant(null), endsOn: fc.constant(null), closed: fc.constant(false) };

const people = fc
  .tuple(
    ...PUPILS.map(() => fc.option(pupilRoles, { freq: 6 })),
    ...ADULTS.map(() => fc.option(adultRoles, { freq: 6 })),
  )
  .map(
    (all) =>
      new Map(
        [...PUPILS, ...ADULTS].flatMap((id, index) => {
          const roles = all[index];
          return roles ? [[id, { id, roles }] as const] : [];
        }),
      ),
  );

const classOf = (id: string) =>
  fc
    .tuple(
      fc.oneof({ arbitrary: fc.record(openBounds), weight: 3 }, fc.record(bounds)),
      fc.uniqueArray(adult, { maxLength: 2 }),
    )
    .map(([own, homeroomTeacherIds]) => ({ id, title: id, homeroomTeacherIds, ...own }));

const groupOf = (id: string) =>
  fc
    .tuple(
      fc.oneof({ arbitrary: fc.record(openBounds), weight: 3 }, fc.record(bounds)),
      fc.uniqueArray(adult, { maxLength: 2 }),
    )
    .map(([own, teacherIds]) => ({ id, title: id, classId: id === 'geo' ? '5А' : null, teacherIds, ...own }));

const enrollment: fc.Arbitrary<EnrollmentFact> = fc
  .tuple(
    fc.constantFrom<[UnitKind, string]>(
      ['class', '5А'],
      ['class', '5Б'],
      ['group', 'geo'],
      ['group', 'club'],
    ),
    fc.record({
      studentId: pupil,
      beginsOn: maybeDay,
      endsOn: maybeDay,
      stated: statement,
      gone: fc.option(statement),
    }),
  )
  .map(([[unit, unitId], own]) => ({ unit, unitId, ...own }));

/** An order with any content; `id` keeps the several of one school apart. */
export const arbitraryOrder = (id: string): fc.Arbitrary<OrderFact> =>
  fc
    .record({
      kind: fc.constantFrom('enrollment', 'withdrawal', 'transfer'),
      effectiveOn: day,
      items: fc.array(
        fc.record({
          studentId: pupil,
          classId: fc.option(fc.constantFrom(...CLASSES)),
          toClassId: fc.option(fc.constantFrom(...CLASSES)),
          subjectGroupIds: fc.uniqueArray(fc.constantFrom(...GROUPS), { maxLength: 2 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      issued: day.map((on) => stamp(on, id)),
      cancelled: fc.option(day.map((on) => stamp(on, `${id}-cancelled`))),
    })
    .map((own) => ({ id, number: id, issuedOn: null, ...own }));

export const arbitraryFacts: fc.Arbitrary<RosterFacts> = fc
  .tuple(
    people,
    fc.tuple(...CLASSES.map(classOf)),
    fc.tuple(...GROUPS.map(groupOf)),
    fc.array(enrollment, { maxLength: 14 }),
    fc.array(fc.record({ guardianId: person, studentId: pupil }), { maxLength: 8 }),
    fc.tuple(...['o1', 'o2', 'o3'].map((id) => fc.option(arbitraryOrder(id)))),
  )
  .map(([known, classes, groups, enrollments, guardians, orders]) => ({
    people: known,
    classes: new Map(classes.map((own) => [own.id, own])),
    groups: new Map(groups.map((own) => [own.id, own])),
    enrollments,
    guardians,
    orders: orders.filter((order) => order !== null),
  }));

const exceptions: fc.Arbitrary<ExceptionFact[]> = fc.uniqueArray(
  fc.record({
    personId: person,
    member: fc.constantFrom('added', 'excluded', null),
    admin: fc.constantFrom('granted', 'revoked', null),
  }),
  { maxLength: 4, selector: ({ personId }) => personId },
);

/** One manual chat, and exceptions for the automatic ones, by key. */
export const arbitraryByHand = fc.record({
  manual: exceptions,
  automatic: fc.dictionary(
    fc.constantFrom(
      'staff',
      'class:5А',
      'class:5Б',
      'parents:5А',
      'parents:5Б',
      'subject:geo',
      'subject:club',
    ),
    exceptions,
  ),
});

/** Profiles are few, so that some people share one (A7). */
export const arbitraryLinks = fc
  .dictionary(person, fc.integer({ min: 1, max: 9 }))
  .map((links) => new Map(Object.entries(links)));

/** The chats again, with what was decided by hand since. */
export function withHand<Chat extends ChatFact>(
  chats: readonly Chat[],
  byHand: Record<string, readonly ExceptionFact[]>,
): Chat[] {
  return chats.map((chat) => ({ ...chat, exceptions: byHand[chat.key ?? ''] ?? chat.exceptions }));
}
