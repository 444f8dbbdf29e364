import { createRoute, z } from '@hono/zod-openapi';
import { answerSoon } from '../answer-soon.ts';
import { findSentValidation } from '../read/validations.ts';
import type { ApiParts } from './parts.ts';
import { readRosterRequest, rosterRequest } from './roster-imports.ts';
import { Accepted, CHANGE_REFUSALS, json } from './schemas.ts';

const Count = z.int().optional();
const ValidationView = z
  .looseObject({
    wouldFail: z
      .boolean()
      .openapi({ description: 'the file would be refused as a whole; `problems` says why' }),
    wouldHold: z.boolean().openapi({ description: 'the import would wait for a person, wholly or in part' }),
    schools: Count,
    people: Count,
    classes: Count,
    subjectGroups: Count,
    enrollments: Count,
    rejected: z
      .array(z.looseObject({ file: z.string(), line: z.int(), message: z.string() }))
      .optional()
      .openapi({ description: 'rows that would not be used; the first ones' }),
    ignored: z.array(z.object({ file: z.string(), reason: z.string(), rows: z.int() })).optional(),
    operations: z
      .array(z.object({ schoolId: z.string(), state: z.enum(['succeeded', 'held']) }))
      .optional()
      .openapi({ description: 'how the import of each school would end' }),
    problems: z.array(z.looseObject({ code: z.string(), message: z.string() })),
  })
  .openapi('RosterValidation');

/** Says what an import would say, and changes nothing (contract: `POST /v1/roster-validations`). */
export function rosterValidationRoutes({ api, ctx, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/roster-validations',
    tags: ['Roster'],
    summary: 'What an import of this archive would say; changes nothing',
    middleware: guards.zip('service', 'operator'),
    request: rosterRequest,
    responses: {
      200: json(ValidationView, 'the result that the import would have'),
      202: json(Accepted, 'it takes over 2 s; the result of the operation is the same'),
      ...CHANGE_REFUSALS,
    },
  });
  api.openapi(route, async (c) => {
    const request = await readRosterRequest(ctx, c, c.req.valid('query').takenAt);
    const operationId = await commands.validateRoster(request);
    const result = await answerSoon(ctx, () => findSentValidation(ctx.db.across('import'), operationId));
    // The result was written by the validation, whose shape the view describes.
    return result ? c.json(result as z.infer<typeof ValidationView>, 200) : c.json({ operationId }, 202);
  });
}
