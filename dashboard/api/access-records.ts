import { createRoute, z } from '@hono/zod-openapi';
import { zoneOf } from '../../src/store/school-day.ts';
import { listAccess } from '../read/access-records.ts';
import { existingSchool, schoolOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import type { ApiParts } from './parts.ts';
import { Instant, json, pageOf, pageQuery, REFUSALS, SchoolParam, When } from './schemas.ts';

const AccessView = z
  .object({
    id: z.string(),
    at: Instant,
    subject: z.string().openapi({ description: 'of the token: a person, an operator, a service' }),
    role: z.string(),
    what: z.string().openapi({
      description: 'person · members · people · unreachable · plan · journal · access · export',
      example: 'members',
    }),
    personIds: z.array(z.string()).openapi({ description: 'whom the answer showed' }),
    address: z.string().nullable(),
  })
  .openapi('AccessRecord');

/** Who looked at whom (K8). Nobody can change it. */
export function accessRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/access',
    tags: ['Journal'],
    summary: 'Who looked at whose data; newest first. Records follow a look by about a second',
    middleware: guards.read('operator', 'security'),
    request: {
      params: SchoolParam,
      query: z.object({
        personId: z.string().min(1).max(200).optional(),
        from: When.openapi({ description: 'an instant, or a day of the school' }),
        to: When.openapi({ description: 'an instant (not included), or a day (included)' }),
        ...pageQuery(ctx.config.limits, 50),
      }),
    },
    responses: { 200: json(pageOf('AccessPage', AccessView), 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const filter = c.req.valid('query');
    const { id: schoolId, timeZone } = await existingSchool(ctx, schoolOf(c));
    const school = { schoolId, timeZone: zoneOf(ctx, timeZone) };
    const { items, total } = await listAccess(ctx.db.of(schoolId), school, filter);
    // The record says that the trail was read, and does not name again everybody whom the trail names. An id that the
    // trail does not have is not recorded either, because it may be nobody's, or another school's.
    noteShown(c, schoolId, filter.personId === undefined || total === 0 ? [] : [filter.personId]);
    return c.json({ items, total, page: filter.page, perPage: filter.perPage }, 200);
  });
}
