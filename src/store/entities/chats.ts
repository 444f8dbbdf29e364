/** Chats, who is to be in them, and who is in them at the messenger. */
import { defineEntity, p } from '@mikro-orm/core';
import { CHAT_TYPES, type Ground } from '../../desired/model.ts';
import { big, instant, json, oneOf, text } from './columns.ts';

/** A creation that was given up: its chat may turn up late. */
export interface GivenUp {
  title: string;
  ownerId: number;
  /** ISO 8601. */
  at: string;
}

/** A chat at Sferum that we have given up. `done`: it is left. */
interface Abandoned {
  ownerId: number;
  peerId: number;
  done: boolean;
}

export const Chat = defineEntity({
  name: 'Chat',
  tableName: 'chat',
  properties: {
    id: p.uuid().primary(),
    schoolId: text(),
    key: text().nullable(),
    type: oneOf(...CHAT_TYPES),
    classId: text().nullable(),
    subjectGroupId: text().nullable(),
    title: text(),
    titleKey: text(),
    titleByHand: p.boolean().default(false),
    authorId: text().nullable(),
    archived: p.boolean().default(false),
    deletingSince: instant().nullable(),
    deletedAt: instant().nullable(),
    recreate: p.boolean().default(true),
    createdAt: instant(),
    warning: text().nullable(),
    generation: big().defaultRaw('1'),
    settledGeneration: big().defaultRaw('0'),
    queuedAt: instant().nullable(),
    cause: text().default(''),
    traceparent: text().nullable(),
    priority: text().default('bulk'),
    attempts: p.integer().default(0),
    notBefore: instant().nullable(),
    creation: oneOf('none', 'creating', 'created', 'unknown').default('none'),
    creationFence: big().defaultRaw('0'),
    creationTitle: text().nullable(),
    creationAt: instant().nullable(),
    creationLooks: p.integer().default(0),
    ownerId: big().nullable(),
    peerId: big().nullable(),
    sferumTitle: text().nullable(),
    inviteLink: text().nullable(),
    seenAt: instant().nullable(),
    seenMessages: big().nullable(),
    seenPeople: text().nullable(),
    condition: text().default('behind'),
    conditionReason: text().nullable(),
    conditionMessage: text().nullable(),
    conditionSince: instant().defaultRaw('now()'),
    causedAt: instant().nullable(),
    setAsideTimes: p.integer().default(0),
    handoverSince: instant().nullable(),
    lacksAdmin: p.boolean().default(false),
    linkDue: p.boolean().default(false),
    lookAgainAt: instant().nullable(),
    givenUp: json<GivenUp[]>().defaultRaw("'[]'"),
    foreignTitle: text().nullable(),
    foreignTitleTimes: p.integer().default(0),
    waitsFor: oneOf('sferum', 'itself').nullable(),
    abandoned: json<Abandoned[]>().defaultRaw("'[]'"),
  },
});

export const Membership = defineEntity({
  name: 'Membership',
  tableName: 'membership',
  properties: {
    chatId: p.uuid().primary(),
    personId: text().primary(),
    schoolId: text(),
    admin: p.boolean().default(false),
    grounds: json<Ground[]>().defaultRaw("'[]'"),
    heldBy: p.uuid().nullable(),
  },
});

export const ChatException = defineEntity({
  name: 'ChatException',
  tableName: 'exception',
  properties: {
    chatId: p.uuid().primary(),
    personId: text().primary(),
    schoolId: text(),
    member: oneOf('added', 'excluded').nullable(),
    admin: oneOf('granted', 'revoked').nullable(),
    authorId: text(),
    reason: text().nullable(),
    at: instant(),
  },
});

export const SferumMember = defineEntity({
  name: 'SferumMember',
  tableName: 'sferum_member',
  properties: {
    chatId: p.uuid().primary(),
    vkUserId: big().primary(),
    schoolId: text(),
    admin: p.boolean().default(false),
    state: oneOf('in', 'waiting', 'refused', 'left'),
    reason: text().nullable(),
    tries: p.integer().default(0),
    heldBy: p.uuid().nullable(),
    unjudged: p.boolean().default(false),
    seenAt: instant(),
  },
});

/** The table has no key; the ORM wants one. */
export const OrderDelay = defineEntity({
  name: 'OrderDelay',
  tableName: 'order_delay',
  properties: {
    schoolId: text(),
    chatId: p.uuid().primary(),
    causedAt: instant(),
    settledAt: instant().primary(),
  },
});

export const DelayDay = defineEntity({
  name: 'DelayDay',
  tableName: 'delay_day',
  properties: {
    schoolId: text().primary(),
    day: p.date().primary(),
    counts: json<Record<string, number>>(),
    mostMs: p.double(),
  },
});
