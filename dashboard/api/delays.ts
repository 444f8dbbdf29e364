import { createRoute, z } from '@hono/zod-openapi';
import { DAY_MS } from '../../src/clock.ts';
import { findDelays } from '../read/delays.ts';
import { existingSchool, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { Instant, InstantText, json, REFUSALS, SchoolParam } from './schemas.ts';

/** The span that is looked at where the request names none. */
const LATELY_MS = 30 * DAY_MS;
const When = InstantText.optional();
const seconds = z.number().nullable();

const DelaysView = z
  .object({
    from: Instant,
    to: Instant,
    count: z.int().openapi({ description: 'times that a chat came to hold what had come into force' }),
    p50Seconds: seconds,
    p95Seconds: seconds,
    maxSeconds: seconds,
  })
  .openapi('Delays', {
    description:
      'null: nothing was measured. From the beginning of a day (UTC); p50 and p95 at most 2.5 % too long',
  });

/** How long an order takes to reach its chat (J9). */
export function delayRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/delays',
    tags: ['Journal'],
    summary: 'From order to chat: how long it takes (J9)',
    middleware: guards.read('school-admin', 'operator', 'service'),
    request: {
      params: SchoolParam,
      query: z.object({ from: When.openapi({ description: 'default: 30 days before `to`' }), to: When }),
    },
    responses: { 200: json(DelaysView, 'of the chats settled in that time'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const asked = c.req.valid('query');
    const school = await existingSchool(ctx, schoolOf(c));
    const to = new Date(asked.to ?? ctx.clock.now());
    const from = new Date(asked.from ?? to.getTime() - LATELY_MS);
    const delays = await findDelays(ctx.db.of(school.id), school.id, from, to);
    return c.json(
      { from: `${from.toISOString().slice(0, 10)}T00:00:00.000Z`, to: to.toISOString(), ...delays },
      200,
    );
  });
}
