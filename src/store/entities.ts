/**
 * Entities of the tables that are read and written one row at a time. The facts and memberships, where rows
 * are many, are handled by set-based SQL in the queries beside this file; migrations/ is the schema of all.
 */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { Author } from '../author.ts';
import type { ChatType } from '../desired/model.ts';
import type { RemovalLimits } from '../plan/model.ts';

export const School = defineEntity({
  name: 'School',
  tableName: 'school',
  properties: {
    id: p.string().primary(),
    name: p.string(),
    timeZone: p.string().nullable(),
    earlyEntryMinutes: p.integer().default(0),
    limits: p.json<Partial<RemovalLimits>>(),
    switchedOn: p.array().$type<ChatType[]>(),
  },
});
export type School = InferEntity<typeof School>;

export const SferumAccountRow = defineEntity({
  name: 'SferumAccountRow',
  tableName: 'sferum_account',
  properties: {
    schoolId: p.string().primary(),
    communityId: p.bigint('number'),
    ownerId: p.bigint('number'),
    tokenKind: p.string().$type<'user' | 'community'>(),
    accessTokenSealed: p.string(),
    callsTokenSealed: p.string().nullable(),
    callsRefusedAt: p.datetime().nullable(),
    requestsPerSecond: p.float(),
    status: p.string().$type<'ok' | 'broken'>(),
    statusReason: p.string().nullable(),
    statusSince: p.datetime(),
  },
});
export type SferumAccountRow = InferEntity<typeof SferumAccountRow>;

export type OperationKind =
  | 'roster-import'
  | 'initialization'
  | 'events'
  | 'delete-chat'
  | 'undo'
  | 'drift'
  | 'account-replacement'
  | 'adoption';
export type OperationState = 'queued' | 'running' | 'held' | 'succeeded' | 'failed' | 'cancelled';

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
    schoolId: p.string().nullable(),
    kind: p.string().$type<OperationKind>(),
    state: p.string().$type<OperationState>(),
    params: p.json<Record<string, unknown>>(),
    done: p.integer().default(0),
    total: p.integer().default(0),
    result: p.json<Record<string, unknown>>().nullable(),
    problems: p.json<Problem[]>(),
    createdBy: p.string(),
    createdByKind: p.string().$type<Author['kind']>(),
    createdAt: p.datetime(),
    startedAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
    revision: p.bigint('number').nullable(),
    day: p.string().nullable(),
  },
});
export type Operation = InferEntity<typeof Operation>;
