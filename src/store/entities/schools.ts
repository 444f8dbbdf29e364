/** Schools with their settings, and what belongs to none. */
import { defineEntity, p } from '@mikro-orm/core';
import type { ChatType } from '../../desired/model.ts';
import type { Pause } from '../../desired/pauses.ts';
import type { RemovalLimits } from '../../plan/model.ts';
import type { Readiness, ReadinessState } from '../../plan/readiness-model.ts';
import { big, instant, json, text, texts } from './columns.ts';

export const School = defineEntity({
  name: 'School',
  tableName: 'school',
  properties: {
    id: text().primary(),
    name: text(),
    timeZone: text().nullable(),
    earlyEntryMinutes: p.integer().default(0),
    limits: json<Partial<RemovalLimits>>().defaultRaw("'{}'"),
    switchedOn: texts<ChatType>().defaultRaw("'{}'"),
    revision: big().defaultRaw('0'),
    rosterTakenAt: instant().nullable(),
    rosterBy: p.text().nullable(),
    rosterDigest: p.text().nullable(),
    computedOn: p.date().nullable(),
    createdAt: instant().defaultRaw('now()'),
    sessionIdleMinutes: p.integer().nullable(),
    retentionDays: p.integer().nullable(),
    nameKey: text().default(''),
    lookEverySeconds: p.integer().nullable(),
    pauses: json<Pause[]>().defaultRaw("'[]'"),
  },
});

/** How many people belong to a class by its chats, pupils and parents, and how many of them are linked. */
interface ClassFigures {
  classId: string;
  people: number;
  linked: number;
}

/** What is counted of a school once a day at least. The last count of a day stands for it. */
export const SchoolFigures = defineEntity({
  name: 'SchoolFigures',
  tableName: 'school_figures',
  properties: {
    schoolId: text().primary(),
    day: p.date().primary(),
    people: p.integer(),
    linked: p.integer(),
    delayMs: p.double().nullable(),
    byClass: json<ClassFigures[]>().nullable(),
    revision: big(),
    countedAt: instant(),
  },
});

/**
 * How ready a school is for a day (K4). `countedAt` null: it was not counted yet. `figures` alone null: it could not be
 * counted.
 */
export const SchoolReadiness = defineEntity({
  name: 'SchoolReadiness',
  tableName: 'school_readiness',
  properties: {
    schoolId: text().primary(),
    day: p.date().primary(),
    state: text<ReadinessState>().nullable(),
    figures: json<Readiness>().nullable(),
    revision: big().nullable(),
    countedAt: instant().nullable(),
  },
});

export const Setting = defineEntity({
  name: 'Setting',
  tableName: 'setting',
  properties: {
    key: text().primary(),
    value: json<unknown>(),
  },
});
