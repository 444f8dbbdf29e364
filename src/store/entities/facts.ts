/** What СГО says, fact by fact, and what orders change of it. */
import { defineEntity, p } from '@mikro-orm/core';
import type { Day, OrderItem, Role } from '../../desired/model.ts';
import {
  generated,
  instant,
  json,
  oneOf,
  PRESENT,
  PRESENT_WITH_ROLE,
  stamps,
  text,
  texts,
} from './columns.ts';

/** Days of a fact, both included; null: no bound (D13). */
interface DatedSpan {
  beginsOn: Day | null;
  endsOn: Day | null;
}

/** A role, or the id of a teacher, with its days. */
interface DatedId extends DatedSpan {
  id: string;
}

export const Person = defineEntity({
  name: 'Person',
  tableName: 'person',
  properties: {
    schoolId: text().primary(),
    id: text().primary(),
    familyName: text().default(''),
    givenName: text().default(''),
    middleName: text().default(''),
    sex: oneOf('male', 'female').nullable(),
    birthDate: p.date().nullable(),
    roles: texts<Role>().defaultRaw("'{}'"),
    nameKey: text().default(''),
    ...stamps(),
    goneFromAt: instant().nullable(),
    sexAt: instant().nullable(),
    sexBy: text().nullable(),
    birthDateAt: instant().nullable(),
    birthDateBy: text().nullable(),
    datedRoles: json<DatedId[]>().nullable(),
    present: generated(PRESENT_WITH_ROLE).nullable(),
  },
});

export const SchoolClass = defineEntity({
  name: 'SchoolClass',
  tableName: 'class',
  properties: {
    schoolId: text().primary(),
    id: text().primary(),
    title: text().default(''),
    grade: text().nullable(),
    homeroomTeacherIds: texts().defaultRaw("'{}'"),
    startsOn: p.date().nullable(),
    endsOn: p.date().nullable(),
    ...stamps(),
    goneFromAt: instant().nullable(),
    present: generated(PRESENT).nullable(),
    datedTeachers: json<DatedId[]>().nullable(),
    continues: text().nullable(),
    continuesAt: instant().nullable(),
    continuesBy: text().nullable(),
  },
});

export const SubjectGroup = defineEntity({
  name: 'SubjectGroup',
  tableName: 'subject_group',
  properties: {
    schoolId: text().primary(),
    id: text().primary(),
    title: text().default(''),
    subject: text().default(''),
    classId: text().nullable(),
    teacherIds: texts().defaultRaw("'{}'"),
    startsOn: p.date().nullable(),
    endsOn: p.date().nullable(),
    ...stamps(),
    goneFromAt: instant().nullable(),
    present: generated(PRESENT).nullable(),
    listedAt: instant().nullable(),
    listedBy: text().nullable(),
    datedTeachers: json<DatedId[]>().nullable(),
  },
});

export const Enrollment = defineEntity({
  name: 'Enrollment',
  tableName: 'enrollment',
  properties: {
    schoolId: text().primary(),
    unit: oneOf('class', 'group').primary(),
    unitId: text().primary(),
    studentId: text().primary(),
    beginsOn: p.date().nullable(),
    endsOn: p.date().nullable(),
    ...stamps(),
    present: generated(PRESENT).nullable(),
    statedFromAt: instant().nullable(),
    statedFromBy: text().nullable(),
    goneFromAt: instant().nullable(),
    goneFromBy: text().nullable(),
    datedSpans: json<DatedSpan[]>().nullable(),
  },
});

export const Guardian = defineEntity({
  name: 'Guardian',
  tableName: 'guardian',
  properties: {
    schoolId: text().primary(),
    guardianId: text().primary(),
    studentId: text().primary(),
    ...stamps(),
    goneFromAt: instant().nullable(),
    present: generated(PRESENT).nullable(),
  },
});

export const RosterOrder = defineEntity({
  name: 'RosterOrder',
  tableName: 'roster_order',
  properties: {
    schoolId: text().primary(),
    id: text().primary(),
    number: text().nullable(),
    issuedOn: p.date().nullable(),
    kind: oneOf('enrollment', 'withdrawal', 'transfer').nullable(),
    effectiveOn: p.date().nullable(),
    items: json<OrderItem[]>().defaultRaw("'[]'"),
    studentIds: texts().defaultRaw("'{}'"),
    issuedAt: instant().nullable(),
    issuedBy: text().nullable(),
    cancelledAt: instant().nullable(),
    cancelledBy: text().nullable(),
  },
});

/** What an order says of a pupil's place. A trigger keeps the rows. */
export const OrderPlace = defineEntity({
  name: 'OrderPlace',
  tableName: 'order_place',
  properties: {
    schoolId: text().primary(),
    studentId: text().primary(),
    unit: oneOf('class', 'group', 'school').primary(),
    unitId: text().primary(),
    orderId: text().primary(),
    enters: p.boolean().primary(),
    effectiveOn: p.date().nullable(),
    issuedAt: instant().nullable(),
    cancelledAt: instant().nullable(),
  },
});
