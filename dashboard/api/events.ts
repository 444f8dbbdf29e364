import { createRoute, z } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { EVENTS_PER_BATCH } from '../../src/config/event-limits.ts';
import { EVENT_TYPES } from '../../src/roster/events/event.ts';
import { authorOf, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, json, SchoolParam } from './schemas.ts';

const BATCH_TYPE = 'application/cloudevents-batch+json';

/** What a good event looks like. Each event is checked by itself, so that a bad one stops no other. */
const Event = z.unknown().openapi({
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'time', 'data'],
  properties: {
    specversion: { type: 'string', enum: ['1.0'] },
    id: { type: 'string', description: 'an id seen before is a duplicate and does nothing' },
    source: { type: 'string' },
    type: { type: 'string', enum: [...EVENT_TYPES] },
    time: { type: 'string', format: 'date-time', description: 'of statements on one fact the latest wins' },
    data: { type: 'object' },
  },
});

const Receipt = z
  .object({
    accepted: z.int(),
    duplicates: z.int(),
    rejected: z.array(z.object({ id: z.string().nullable(), message: z.string() })),
  })
  .openapi('EventReceipt');

/** Takes in changes of the roster one by one (contract, «Changes one by one»). */
export function eventRoutes({ api, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/schools/{schoolId}/events',
    tags: ['Roster'],
    summary: 'Tell changes of the roster one by one (CloudEvents 1.0, JSON batch)',
    middleware: guards.json('service'),
    request: {
      params: SchoolParam,
      body: { required: true, content: { [BATCH_TYPE]: { schema: z.array(Event).max(EVENTS_PER_BATCH) } } },
    },
    responses: { 202: json(Receipt, 'durable; the effect reaches Sferum by itself'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    if (type !== BATCH_TYPE) throw new HTTPException(415);
    const receipt = await commands.receiveEvents({
      ...{ schoolId: schoolOf(c), by: authorOf(c.get('caller')) },
      events: c.req.valid('json'),
    });
    return c.json(receipt, 202);
  });
}
