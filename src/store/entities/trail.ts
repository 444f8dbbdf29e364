/** What was done and who looked. Both are tables of months; the months are no entities. */
import { defineEntity, p } from '@mikro-orm/core';
import { AUTHOR_KINDS } from '../../author.ts';
import { big, identity, instant, json, oneOf, text, texts } from './columns.ts';

export const Journal = defineEntity({
  name: 'Journal',
  tableName: 'journal',
  properties: {
    id: identity().primary(),
    schoolId: text(),
    at: instant().primary(),
    chatId: p.uuid().nullable(),
    personId: text().nullable(),
    what: text(),
    cause: text(),
    authorId: text().nullable(),
    authorKind: oneOf(...AUTHOR_KINDS),
    details: json<Record<string, unknown>>().defaultRaw("'{}'"),
    vkUserId: big().nullable(),
  },
});

export const JournalText = defineEntity({
  name: 'JournalText',
  tableName: 'journal_text',
  properties: {
    journalId: big().primary().autoincrement(false),
    schoolId: text(),
    at: instant(),
    what: text(),
    cause: text(),
    chatId: p.uuid().nullable(),
    personIds: texts().defaultRaw("'{}'"),
    reason: text().nullable(),
    title: text().nullable(),
    titleBefore: text().nullable(),
  },
});

export const AccessRecord = defineEntity({
  name: 'AccessRecord',
  tableName: 'access_record',
  properties: {
    id: identity().primary(),
    at: instant().primary(),
    schoolId: text(),
    subject: text(),
    role: text(),
    what: text(),
    personIds: texts().defaultRaw("'{}'"),
    address: text().nullable(),
  },
});
