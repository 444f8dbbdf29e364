/** Who was erased, as keyed hashes, and the acts of it. */
import { defineEntity, p } from '@mikro-orm/core';
import { instant, json, oneOf, text, texts } from './columns.ts';

export const Erased = defineEntity({
  name: 'Erased',
  tableName: 'erased',
  properties: {
    schoolId: text().primary(),
    digest: text().primary(),
    erasedAt: instant(),
    departedAt: instant(),
  },
});

export const Erasure = defineEntity({
  name: 'Erasure',
  tableName: 'erasure',
  properties: {
    id: p.uuid().primary(),
    schoolId: text(),
    at: instant(),
    ground: oneOf('departed', 'restored'),
    retentionDays: p.integer(),
    rows: json<Record<string, number>>(),
    digests: texts(),
    filed: p.boolean().default(false),
  },
});

export const ErasureKey = defineEntity({
  name: 'ErasureKey',
  tableName: 'erasure_key',
  properties: {
    schoolId: text().primary(),
    keySealed: text(),
  },
});
