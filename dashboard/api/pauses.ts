import { createRoute, z } from '@hono/zod-openapi';
import type { Context as HonoContext } from 'hono';
import { PAUSE_DAYS_AT_MOST } from '../../src/desired/pauses.ts';
import { regionPauses } from '../../src/operations/save-pauses.ts';
import type { HttpEnv } from '../auth.ts';
import { askedSchool, authorOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import {
  asUnprocessable,
  CHANGE_REFUSALS,
  DayText,
  json,
  jsonBody,
  REFUSALS,
  SchoolQuery,
} from './schemas.ts';

/** The most windows of all schools together. */
const REGION_PAUSES_AT_MOST = 2_000;

const window = {
  from: DayText.openapi({ example: '2027-05-24' }),
  to: DayText.openapi({ example: '2027-08-25', description: `included; at most ${PAUSE_DAYS_AT_MOST} days` }),
};
/** A window of days in which lists move nobody (K3). */
export const PauseView = z.strictObject(window).openapi('Pause');
const RegionPauses = z
  .array(z.strictObject({ schoolId: z.string().min(1).optional(), ...window }).openapi('RegionPause'))
  .max(REGION_PAUSES_AT_MOST)
  .openapi('RegionPauses', { description: 'without `schoolId`: of all schools' });

/** The region's windows without lists (K3). A school's own are in its settings. */
export function pauseRoutes({ api, ctx, commands, guards }: ApiParts): void {
  const get = createRoute({
    method: 'get',
    path: '/v1/pauses',
    tags: ['Settings'],
    summary: 'The days in which lists move nobody; with `?school=` those that concern it (K3)',
    middleware: guards.read('operator'),
    request: { query: SchoolQuery },
    responses: { 200: json(RegionPauses, 'the windows by their days'), ...REFUSALS },
  });
  const withinOf = (c: HonoContext<HttpEnv>) => askedSchool(c) ?? c.get('caller').schoolId;
  const listed = async (within: string) => {
    const all = await regionPauses(ctx.db.ofNone);
    return within === '*' ? all : all.filter(({ schoolId = within }) => schoolId === within);
  };
  api.openapi(get, async (c) => c.json(await listed(withinOf(c)), 200));

  const put = createRoute({
    method: 'put',
    path: '/v1/pauses',
    tags: ['Settings'],
    summary: "Replace the region's windows, with `?school=` those of that school alone (K3)",
    middleware: guards.json('operator'),
    request: { query: SchoolQuery, body: jsonBody(RegionPauses) },
    responses: { 200: json(RegionPauses, 'the windows as they are now'), ...CHANGE_REFUSALS },
  });
  api.openapi(
    put,
    async (c) => {
      const within = withinOf(c);
      await commands.saveRegionPauses({
        ...{ pauses: c.req.valid('json'), by: authorOf(c.get('caller')) },
        within,
      });
      return c.json(await listed(within), 200);
    },
    asUnprocessable,
  );
}
