import { createRoute, z } from '@hono/zod-openapi';
import { authorOf, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { Accepted, CHANGE_REFUSALS, ChatTypeName, DayText, json, jsonBody, SchoolParam } from './schemas.ts';

const OperationView = z
  .strictObject({
    types: z.array(ChatTypeName).min(1).max(4),
    dryRun: z.boolean().default(false),
    strict: z.boolean().default(false).openapi({ description: 'drops exceptions made by hand (D7)' }),
    asOf: DayText.optional().openapi({ description: 'plan for this day (dry run only, J5)' }),
  })
  .refine((run) => run.asOf === undefined || run.dryRun, { error: 'only with dryRun', path: ['asOf'] })
  .openapi('InitializationRun');
const PlanOfDryRun = z.strictObject({ plan: z.uuid() }).openapi('InitializationOfPlan');

/** Initialisation of the list of chats, also as a trial and for another day (F, J5). */
export function initializationRoutes({ api, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/schools/{schoolId}/initializations',
    tags: ['Initialisation'],
    summary: 'Create and synchronise the chats of some types, try it dry, or apply the plan of a dry run',
    middleware: guards.json('school-admin', 'operator', 'service'),
    request: { params: SchoolParam, body: jsonBody(z.union([OperationView, PlanOfDryRun])) },
    responses: { 202: json(Accepted, 'its operation tells the rest'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const who = { schoolId: schoolOf(c), by: authorOf(c.get('caller')) };
    const operationId = await commands.initialize(
      'plan' in body
        ? { ...who, plan: body.plan }
        : { ...who, ...body, types: [...new Set(body.types)], asOf: body.asOf ?? null },
    );
    return c.json({ operationId }, 202);
  });
}
