import { createRoute, z } from '@hono/zod-openapi';
import { EVENTS_PER_BATCH } from '../../src/config/event-limits.ts';
import { ORDER_EVENT } from '../docs-values.ts';
import { answerInvalid } from '../problem.ts';
import { authorOf, schoolOf } from '../rights.ts';
import { BATCH, BINARY, eventsIn, STRUCTURED } from './event-modes.ts';
import { EVENT_SHAPE } from './event-shapes.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, json, SchoolParam } from './schemas.ts';

const EVENT = { $ref: '#/components/schemas/RosterEvent' };
/** A batch is checked as a list, and each event by itself, so that a bad one stops no other. */
const Batch = z.array(z.unknown()).max(EVENTS_PER_BATCH);

const Receipt = z
  .object({
    accepted: z.int(),
    duplicates: z.int(),
    rejected: z.array(z.object({ id: z.string().nullable(), message: z.string() })),
  })
  .openapi('EventReceipt');

/** The shapes are read by hand, because a validator of the route would ask each of them of every body. */
const CONTENT = {
  [BATCH]: {
    schema: z.unknown().openapi({ type: 'array' as const, maxItems: EVENTS_PER_BATCH, items: EVENT }),
  },
  [STRUCTURED]: { schema: z.unknown().openapi(EVENT), example: ORDER_EVENT },
  [BINARY]: {
    example: ORDER_EVENT.data,
    schema: z.unknown().openapi({
      ...{
        type: 'object',
        description: '`data` of one event, whose attributes are the headers ce-specversion, ce-id …',
      },
    }),
  },
};

/** Takes in changes of the roster one by one (contract, «Changes one by one»). */
export function eventRoutes({ api, commands, guards }: ApiParts): void {
  // The shapes stand as they are written, which the type of the registry does not know.
  api.openAPIRegistry.registerComponent('schemas', 'RosterEvent', EVENT_SHAPE as never);
  const route = createRoute({
    method: 'post',
    path: '/v1/schools/{schoolId}/events',
    tags: ['Roster'],
    summary: 'Tell changes of the roster one by one (CloudEvents 1.0)',
    middleware: guards.json('service'),
    request: {
      params: SchoolParam,
      body: { required: true, content: CONTENT },
    },
    responses: { 202: json(Receipt, 'durable; the effect reaches Sferum by itself'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const events = Batch.safeParse(await eventsIn(c));
    // The refusal is a problem document, which the route's types of answers do not know.
    if (!events.success) return answerInvalid(c, events.error) as never;
    const receipt = await commands.receiveEvents({
      ...{ schoolId: schoolOf(c), by: authorOf(c.get('caller')) },
      events: events.data,
    });
    return c.json(receipt, 202);
  });
}
