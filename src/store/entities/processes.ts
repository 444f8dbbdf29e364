/** The program's processes that are alive. */
import { defineEntity, p } from '@mikro-orm/core';
import type { RecentFigures } from '../../recent-calls.ts';
import { instant, json, text } from './columns.ts';

export const ProgramProcess = defineEntity({
  name: 'ProgramProcess',
  tableName: 'process',
  properties: {
    id: p.uuid().primary(),
    role: text(),
    connections: p.integer(),
    seenAt: instant(),
    startedAt: instant().defaultRaw('now()'),
    figures: json<Partial<RecentFigures>>().defaultRaw("'{}'"),
  },
});
