/** Distance lessons and their calls. */
import { defineEntity, p } from '@mikro-orm/core';
import { big, generated, instant, oneOf, PRESENT, stamps, text } from './columns.ts';

export const Lesson = defineEntity({
  name: 'Lesson',
  tableName: 'lesson',
  properties: {
    schoolId: text().primary(),
    id: text().primary(),
    subjectGroupId: text().default(''),
    teacherId: text().default(''),
    startsAt: instant().nullable(),
    endsAt: instant().nullable(),
    topic: text().nullable(),
    ...stamps(),
    present: generated(PRESENT).nullable(),
  },
});

export const Meeting = defineEntity({
  name: 'Meeting',
  tableName: 'meeting',
  properties: {
    schoolId: text().primary(),
    lessonId: text().primary(),
    title: text().nullable(),
    authorId: text(),
    askedAt: instant(),
    deletedAt: instant().nullable(),
    generation: big().defaultRaw('1'),
    dueAt: instant().nullable(),
    queuedAt: instant().nullable(),
    attempts: p.integer().default(0),
    traceparent: text().nullable(),
    condition: text().default('synced'),
    conditionReason: text().nullable(),
    conditionMessage: text().nullable(),
    conditionSince: instant(),
  },
});

export const MeetingCall = defineEntity({
  name: 'MeetingCall',
  tableName: 'meeting_call',
  properties: {
    id: p.uuid().primary(),
    schoolId: text(),
    lessonId: text(),
    state: oneOf('starting', 'open', 'ending', 'ended', 'lost'),
    startedAt: instant(),
    callId: text().nullable(),
    joinLink: text().nullable(),
    subjectGroupId: text().nullable(),
    lessonStartsAt: instant().nullable(),
    endTries: p.integer().default(0),
    endTriedAt: instant().nullable(),
    endRefused: p.boolean().default(false),
  },
});
