import { createRoute, z } from '@hono/zod-openapi';
import { loadFaults } from '../../src/roster/row-faults.ts';
import { operationFor } from './operations.ts';
import type { ApiParts } from './parts.ts';
import { IdParam, json, pageOf, pageQuery, REFUSALS, SchoolQuery } from './schemas.ts';

const RowFaultView = z
  .object({
    file: z.string(),
    line: z.int().openapi({ description: "counted from 1, the header's included" }),
    field: z.string().openapi({ description: 'empty: the row as a whole' }),
    valueKind: z.string().openapi({ example: 'other-date' }),
    message: z.string(),
  })
  .openapi('RowFault');

/** All bad rows of an import (J2), of which the import's result shows the first. They name no person. */
export function operationRowsRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/operations/{id}/rows',
    tags: ['Operations'],
    summary: 'The rows of an import that were rejected, or taken without a field',
    middleware: guards.read('school-admin', 'operator', 'service'),
    request: {
      params: IdParam,
      query: SchoolQuery.extend({
        list: z.enum(['rejected', 'lostFields']).default('rejected'),
        ...pageQuery(ctx.config.limits, 50, 'planPageItems'),
      }),
    },
    responses: { 200: json(pageOf('RowFaultPage', RowFaultView), 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { list, page, perPage } = c.req.valid('query');
    const { id } = await operationFor(ctx, c, c.req.valid('param').id);
    const lists = list === 'rejected' ? (['rejected'] as const) : (['lost', 'links'] as const);
    const range = { offset: (page - 1) * perPage, limit: perPage };
    const { items, total } = await loadFaults(ctx.db.ofNone, id, lists, range);
    return c.json({ items, total, page, perPage }, 200);
  });
}
