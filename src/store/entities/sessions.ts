/** Who is logged in, and the tokens that were used up by it. */
import { defineEntity, p } from '@mikro-orm/core';
import { instant, text, texts } from './columns.ts';

export const ConsoleSession = defineEntity({
  name: 'ConsoleSession',
  tableName: 'console_session',
  properties: {
    digest: p.blob().primary(),
    schoolId: text(),
    subject: text(),
    role: text(),
    chosenSchoolId: text().nullable(),
    createdAt: instant(),
    expiresAt: instant(),
    id: p.uuid().defaultRaw('gen_random_uuid()'),
    usedAt: instant().defaultRaw('now()'),
    browser: text().nullable(),
    acr: text().nullable(),
    amr: texts().nullable(),
  },
});

/** What the first request with a key was answered. */
export const FirstAnswer = defineEntity({
  name: 'FirstAnswer',
  tableName: 'first_answer',
  properties: {
    digest: text().primary(),
    fingerprint: text(),
    beganAt: instant(),
    expiresAt: instant(),
    answerSealed: text().nullable(),
  },
});

export const UsedToken = defineEntity({
  name: 'UsedToken',
  tableName: 'used_token',
  properties: {
    jti: text().primary(),
    expiresAt: instant(),
    opened: p.boolean().default(true),
  },
});
