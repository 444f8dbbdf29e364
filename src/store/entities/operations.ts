/** Long work that people follow. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { AUTHOR_KINDS } from '../../author.ts';
import type { ChatType } from '../../desired/model.ts';
import type { Action, ActionCounts } from '../../plan/model.ts';
import { big, generatedJson, instant, json, oneOf, text } from './columns.ts';

export const OPERATION_KINDS = [
  'roster-import',
  'roster-validation',
  'initialization',
  'events',
  'delete-chat',
  'undo',
  'drift',
  'check',
  'class-match',
  'account-replacement',
  'adoption',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];
const OPERATION_STATES = ['queued', 'running', 'held', 'succeeded', 'failed', 'cancelled'] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/** Something that went wrong and what to do, told to people: `code` is stable, `message` is Russian. */
export interface Problem {
  code: string;
  message: string;
  [detail: string]: unknown;
}

export const Operation = defineEntity({
  name: 'Operation',
  tableName: 'operation',
  properties: {
    id: p.uuid().primary(),
    schoolId: text().nullable(),
    kind: text<OperationKind>(),
    state: oneOf(...OPERATION_STATES).default('queued'),
    params: json<Record<string, unknown>>().defaultRaw("'{}'"),
    done: p.integer().default(0),
    total: p.integer().default(0),
    result: json<Record<string, unknown>>().nullable(),
    problems: json<Problem[]>().defaultRaw("'[]'"),
    createdBy: text(),
    createdAt: instant(),
    startedAt: instant().nullable(),
    finishedAt: instant().nullable(),
    revision: big().nullable(),
    day: p.date().nullable(),
    parentId: p.uuid().nullable(),
    createdByKind: oneOf(...AUTHOR_KINDS).default('unknown'),
    traceparent: text().nullable(),
  },
});
export type Operation = InferEntity<typeof Operation>;

export const OperationChat = defineEntity({
  name: 'OperationChat',
  tableName: 'operation_chat',
  properties: {
    operationId: p.uuid().primary(),
    chatId: p.uuid().primary(),
    schoolId: text(),
    ordinal: p.integer(),
    firstAction: p.integer(),
    type: text<ChatType>(),
    title: text(),
    actions: json<Action[]>(),
    counts: generatedJson<ActionCounts>('action_counts(actions)').nullable(),
    generation: big().nullable(),
    doneAt: instant().nullable(),
    apiCalls: p.integer().default(0),
    problem: json<Problem>().nullable(),
  },
});
