/** A school's connection to Sferum, and the pace of its tokens. */
import { defineEntity, p } from '@mikro-orm/core';
import { big, instant, oneOf, text } from './columns.ts';

export const SferumAccount = defineEntity({
  name: 'SferumAccount',
  tableName: 'sferum_account',
  properties: {
    schoolId: text().primary(),
    communityId: big(),
    ownerId: big(),
    tokenKind: oneOf('user', 'community'),
    accessTokenSealed: text(),
    callsTokenSealed: text().nullable(),
    requestsPerSecond: p.float(),
    status: text<'ok' | 'broken'>().default('ok'),
    statusReason: text().nullable(),
    statusSince: instant().defaultRaw('now()'),
    callsRefusedAt: instant().nullable(),
    lookDueAt: instant().defaultRaw("'-infinity'"),
  },
});

export const SferumPace = defineEntity({
  name: 'SferumPace',
  tableName: 'sferum_pace',
  properties: {
    key: text().primary(),
    nextSlotAt: instant(),
    pausedUntil: instant().nullable(),
    pauseReason: text().nullable(),
    askedAt: instant().nullable(),
  },
});
