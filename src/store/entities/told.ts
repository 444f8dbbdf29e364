/** Who is told what waits for a person (K2). */
import { defineEntity, p } from '@mikro-orm/core';
import { identity, instant, oneOf, text, texts } from './columns.ts';

/** What people and programs may ask to be told of (contract, «Told»). */
export const TOLD_KINDS = [
  'hold',
  'chat-failing',
  'account-broken',
  'roster-overdue',
  'lesson-without-call',
  'invariant-broken',
  'worker-dead',
] as const;
export type ToldKind = (typeof TOLD_KINDS)[number];

export const ToldReason = defineEntity({
  name: 'ToldReason',
  tableName: 'told_reason',
  properties: {
    id: identity().primary(),
    schoolId: text().nullable(),
    kind: text<ToldKind>(),
    reason: text(),
    since: instant(),
    items: p.integer(),
    chatIds: p.array().columnType('uuid[]').$type<string[]>().defaultRaw("'{}'"),
    operationId: p.uuid().nullable(),
    seenAt: instant(),
    toldAt: instant().nullable(),
    goneAt: instant().nullable(),
  },
});

export const Webhook = defineEntity({
  name: 'Webhook',
  tableName: 'webhook',
  properties: {
    id: p.uuid().primary(),
    schoolId: text().nullable(),
    url: text(),
    kinds: texts<ToldKind>(),
    secretSealed: text(),
    formerSecretSealed: text().nullable(),
    formerUntil: instant().nullable(),
    createdAt: instant(),
    endedAt: instant().nullable(),
  },
});

export const ToldChoice = defineEntity({
  name: 'ToldChoice',
  tableName: 'told_choice',
  properties: {
    id: identity().primary(),
    schoolId: text().nullable(),
    subject: text(),
    role: text(),
    email: text().nullable(),
    kinds: texts<ToldKind>(),
    daily: p.boolean(),
    summedOn: p.date().nullable(),
  },
});

export const DELIVERY_STATES = ['waiting', 'delivered', 'failed'] as const;

export const ToldDelivery = defineEntity({
  name: 'ToldDelivery',
  tableName: 'told_delivery',
  properties: {
    id: p.uuid().primary(),
    schoolId: text().nullable(),
    webhookId: p.uuid().nullable(),
    choiceId: p.bigint('number').nullable(),
    type: text(),
    body: text(),
    createdAt: instant(),
    attempts: p.integer().default(0),
    nextAt: instant().nullable(),
    state: oneOf(...DELIVERY_STATES).default('waiting'),
    answer: text().nullable(),
    triedAt: instant().nullable(),
  },
});
