import { createRoute, z } from '@hono/zod-openapi';
import { listActs } from '../../src/ending/acts.ts';
import { existingSchool, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { Instant, json, pageOf, pageQuery, REFUSALS, SchoolParam } from './schemas.ts';

const ActView = z
  .object({
    id: z.string(),
    schoolId: z.string(),
    at: Instant,
    ground: z.string().openapi({ description: 'departed · restored (again, after a restore)' }),
    retentionDays: z.int().openapi({ description: 'the term that was in force' }),
    people: z.int(),
    rows: z.record(z.string(), z.int()).openapi({ description: 'rows erased or changed, by table' }),
    hashes: z.array(z.string()).openapi({ description: 'keyed hashes of the erased ids' }),
  })
  .openapi('Erasure');

/** The acts of erasure (K6), without a name or an id. */
export function erasureRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/erasures',
    tags: ['Journal'],
    summary: 'Acts of the erasure of people who have departed; newest first',
    middleware: guards.read('school-admin', 'operator', 'security'),
    request: { params: SchoolParam, query: z.object(pageQuery(ctx.config.limits, 50)) },
    responses: { 200: json(pageOf('ErasurePage', ActView), 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { page, perPage } = c.req.valid('query');
    const { id } = await existingSchool(ctx, schoolOf(c));
    const { items, total } = await listActs(ctx.db.of(id), id, { page, perPage });
    c.header('content-disposition', 'inline; filename="erasures.json"');
    return c.json({ items, total, page, perPage }, 200);
  });
}
