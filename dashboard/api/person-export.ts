import { createRoute, z } from '@hono/zod-openapi';
import { findPerson } from '../../src/chats/person-chats.ts';
import { exportPerson } from '../../src/person-export/export-person.ts';
import { notFound } from '../../src/refusal.ts';
import { schoolOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import type { ApiParts } from './parts.ts';
import { json, REFUSALS } from './schemas.ts';

const Row = z.record(z.string(), z.unknown());
const Export = z
  .object({
    personId: z.string(),
    held: z.record(z.string(), z.array(Row)).openapi({
      description:
        'rows that say something of the person, by table; of other people neither ids nor names nor what was written of them: null stands for such an id, and `authorKind` for an author',
    }),
    passedTo: z.array(Row).openapi({
      description:
        'VK: the person’s profile, the chats, when it was seen there; no name and nothing else is passed',
    }),
  })
  .openapi('PersonExport');

/** Everything held of one person, and to whom it was passed (K6). */
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
    const person = await findPerson(ctx.db.of(schoolId), schoolId, c.req.valid('param').id);
    if (!person) throw notFound();
    noteShown(c, schoolId, [person.id]);
    const all = await ctx.db.transactionOf(schoolId, ({ sql: tx }) => exportPerson(tx, schoolId, person.id));
    return c.json(all, 200);
  });
}
