/** Chats that somebody is filling in. */
import { defineEntity, p } from '@mikro-orm/core';
import { CHAT_TYPES } from '../../desired/model.ts';
import { instant, oneOf, text } from './columns.ts';

export const ChatDraft = defineEntity({
  name: 'ChatDraft',
  tableName: 'chat_draft',
  properties: {
    id: p.uuid().primary(),
    schoolId: text(),
    authorId: text(),
    chatId: p.uuid().nullable(),
    title: text().nullable(),
    type: oneOf(...CHAT_TYPES).nullable(),
    classId: text().nullable(),
    subjectGroupId: text().nullable(),
    touchedAt: instant(),
  },
});

export const ChatDraftPerson = defineEntity({
  name: 'ChatDraftPerson',
  tableName: 'chat_draft_person',
  properties: {
    draftId: p.uuid().primary(),
    personId: text().primary(),
    member: oneOf('add', 'remove').nullable(),
    admin: oneOf('grant', 'revoke').nullable(),
    ticked: p.boolean().default(false),
    picked: p.boolean().default(false),
    schoolId: text().defaultRaw("current_setting('app.school'::text, true)"),
  },
});
