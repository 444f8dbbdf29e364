import { createRoute, z } from '@hono/zod-openapi';
import { askedSchool, authorOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, json, jsonBody, SchoolQuery } from './schemas.ts';

const OPERATIONS_AT_MOST = 1000;

const Decisions = z
  .strictObject({
    decide: z.enum(['approve', 'reject']),
    operationIds: z.array(z.uuid()).min(1).max(OPERATIONS_AT_MOST),
  })
  .openapi('Decisions', { description: 'each is decided as a whole' });
const Decided = z
  .object({
    decided: z.array(z.object({ schoolId: z.string(), operationId: z.uuid() })),
    refused: z.array(
      z.object({ operationId: z.uuid(), reason: z.string().openapi({ example: 'operation-not-held' }) }),
    ),
  })
  .openapi('Decided');

/** Decides about what many schools hold (K1). */
export function decisionsRoutes({ api, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/decisions',
    tags: ['Schools'],
    summary:
      'Decide about held work of many schools: each decision is its school’s own, a refused one keeps no other',
    middleware: guards.json('operator'),
    request: { query: SchoolQuery, body: jsonBody(Decisions) },
    responses: { 200: json(Decided, 'what was decided, and what was not'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { decide: decision, operationIds } = c.req.valid('json');
    const caller = c.get('caller');
    const within = askedSchool(c) ?? caller.schoolId;
    return c.json(await commands.decideMany({ decision, operationIds, within, by: authorOf(caller) }), 200);
  });
}
