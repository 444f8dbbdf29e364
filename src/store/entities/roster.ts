/** Lists and events on their way to facts. */
import { defineEntity, p } from '@mikro-orm/core';
import { instant, json, oneOf, text, texts } from './columns.ts';

export const ReceivedEvent = defineEntity({
  name: 'ReceivedEvent',
  tableName: 'received_event',
  properties: {
    schoolId: text().primary(),
    id: text().primary(),
    type: text(),
    time: instant(),
    receivedAt: instant(),
  },
});

export const WholeList = defineEntity({
  name: 'WholeList',
  tableName: 'whole_list',
  properties: {
    schoolId: text().primary(),
    unitId: text().primary(),
    listedAt: instant().primary(),
    listedBy: text().primary(),
  },
});

export const ClassMatch = defineEntity({
  name: 'ClassMatch',
  tableName: 'class_match',
  properties: {
    schoolId: text().primary(),
    newId: text().primary(),
    oldId: text(),
    common: p.integer(),
    oldPupils: p.integer(),
    newPupils: p.integer(),
    state: oneOf('open', 'continued', 'other').default('open'),
    proposedAt: instant(),
    decidedAt: instant().nullable(),
  },
});

export const PersonMatch = defineEntity({
  name: 'PersonMatch',
  tableName: 'person_match',
  properties: {
    schoolId: text().primary(),
    oldId: text().primary(),
    newId: text().primary(),
    evidence: texts(),
    doubt: oneOf('namesake', 'profile', 'name').nullable(),
    state: oneOf('open', 'same', 'other').default('open'),
    operationId: p.uuid(),
    proposedAt: instant(),
    decidedAt: instant().nullable(),
  },
});

export const StagedRoster = defineEntity({
  name: 'StagedRoster',
  tableName: 'staged_roster',
  properties: {
    operationId: p.uuid().primary(),
    schoolId: text(),
    kind: oneOf(
      'school',
      'people',
      'units',
      'pupils',
      'teachers',
      'guardians',
      'unclear',
      'rejected',
    ).primary(),
    chunk: p.integer().primary(),
    rows: json<object[]>(),
  },
});

export const RosterFile = defineEntity({
  name: 'RosterFile',
  tableName: 'roster_file',
  properties: {
    operationId: p.uuid().primary(),
    takenAt: instant(),
    body: p.blob(),
  },
});

export const RosterFault = defineEntity({
  name: 'RosterFault',
  tableName: 'roster_fault',
  properties: {
    operationId: p.uuid().primary(),
    list: oneOf('rejected', 'lost', 'links').primary(),
    chunk: p.integer().primary(),
    rows: json<object[]>(),
  },
});
