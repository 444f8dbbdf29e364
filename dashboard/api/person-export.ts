import { createRoute, z } from '@hono/zod-openapi';
import { notFound } from '../../src/refusal.ts';
import { findPerson } from '../../src/store/queries/person-chats.ts';
import { exportPerson, passedToVk } from '../../src/store/queries/person-export.ts';
import { saw } from '../access.ts';
import { schoolOf } from '../rights.ts';
import type { ApiParts } from './api.ts';
import { json, REFUSALS } from './schemas.ts';

const Row = z.record(z.string(), z.unknown());
const Export = z
  .object({
    personId: z.string(),
    held: z.record(z.string(), z.array(Row)).openapi({ description: 'rows that name him, by table' }),
    passedTo: z.array(Row).openapi({ description: 'VK: his profile, the chats, when it was seen there' }),
  })
  .openapi('PersonExport');

/** K6: everything held of one person, and to whom it was passed. */
export function personExportRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/people/{id}/export',
    tags: ['People'],
    summary: 'Everything held of one person, and to whom it was passed',
    middleware: guards.read('school-admin', 'operator'),
    request: {
      params: z.object({ id: z.string().min(1).max(200) }),
      query: z.object({ school: z.string().optional() }),
    },
    responses: { 200: json(Export, 'all of it'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const schoolId = schoolOf(c);
    const db = ctx.db.of(schoolId);
    const person = await findPerson(db, schoolId, c.req.valid('param').id);
    if (!person) throw notFound();
    saw(c, schoolId, [person.id]);
    const [held, passedTo] = [
      await exportPerson(db, schoolId, person.id),
      await passedToVk(db, schoolId, person.id),
    ];
    return c.json({ personId: person.id, held, passedTo }, 200);
  });
}
