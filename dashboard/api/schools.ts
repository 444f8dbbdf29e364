import { createRoute, z } from '@hono/zod-openapi';
import { momentOf } from '../../src/store/school-day.ts';
import { listSchools, SCHOOL_STATES } from '../read/schools.ts';
import { askedSchool } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { FilterText, Instant, json, pageOf, pageQuery, REFUSALS, SchoolQuery } from './schemas.ts';

const State = z.enum(SCHOOL_STATES).openapi('SchoolState', {
  description:
    'the worst state that applies: broken (nothing goes to Sferum), failing (chats do not get through), held (somebody must decide), behind (changes wait), overdue (no list from СГО), paused, fine',
});
const figure = z.int().min(0);

const School = z
  .object({
    id: z.string(),
    name: z.string(),
    state: State,
    reason: z.string().nullable().openapi({ example: 'token', description: 'a code, where there is one' }),
    since: Instant.nullable().openapi({ description: 'null where the school is fine' }),
    chats: figure,
    linkedShare: z.number().min(0).max(1).nullable().openapi({
      description: 'of the people in the lists, as of the last count; null: not counted, or nobody',
    }),
    held: figure.openapi({ description: 'operations that wait for a decision' }),
    failing: figure.openapi({ description: 'chats that do not get through' }),
    behind: figure.openapi({ description: 'chats to which a change is under way' }),
    lastRosterAt: Instant.nullable().openapi({ description: 'when СГО wrote the last whole list' }),
    delayP95Ms: z
      .number()
      .nullable()
      .openapi({ description: 'from order to chat, of 30 days, as of the last count' }),
  })
  .openapi('School');

/** All schools of an operator (K1). */
export function schoolsRoutes({ api, ctx, guards }: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/v1/schools',
    tags: ['Schools'],
    summary: 'All schools, the worst first; those of one state in natural order (K1)',
    middleware: guards.read('operator'),
    request: {
      query: SchoolQuery.extend({
        state: State.optional(),
        q: FilterText,
        ...pageQuery(ctx.config.limits, 50),
      }),
    },
    responses: { 200: json(pageOf('SchoolPage', School), 'a page'), ...REFUSALS },
  });
  api.openapi(list, async (c) => {
    const { school: _, ...query } = c.req.valid('query');
    const asked = askedSchool(c) ?? c.get('caller').schoolId;
    const { items, total } = await listSchools(ctx.db.across('operator-view'), {
      ...query,
      only: asked === '*' ? null : asked,
      moment: momentOf(ctx),
    });
    const shown = items.map(({ behindSince: _behind, account: _account, ...school }) => school);
    return c.json({ items: shown, total, page: query.page, perPage: query.perPage }, 200);
  });
}
