import { createRoute, z } from '@hono/zod-openapi';
import type { Context as HonoContext } from 'hono';
import { Refusal } from '../../src/refusal.ts';
import type { HttpEnv } from '../auth.ts';
import { askedSchool, authorOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { Accepted, CHANGE_REFUSALS, InstantText, json } from './schemas.ts';

/** A statement that lies further in the future than clocks may differ would outrank every later one. */
const AHEAD_MS = 5 * 60_000;

/** What a call sends that carries a roster. */
export const rosterRequest = {
  query: z.object({
    takenAt: InstantText.optional().openapi({ description: 'when СГО wrote it; default: received' }),
    school: z.string().min(1).max(200).optional().openapi({ description: 'only this school' }),
  }),
  body: {
    required: true,
    content: { 'application/zip': { schema: z.any().openapi({ type: 'string', format: 'binary' }) } },
  },
};

/** Reads such a call. Throws Refusal(400) `taken-ahead` for a roster from the future. */
export async function readRosterRequest(
  ctx: ApiParts['ctx'],
  c: HonoContext<HttpEnv>,
  takenAt: string | undefined,
) {
  const caller = c.get('caller');
  const takenAtMs = takenAt === undefined ? ctx.clock.now() : Date.parse(takenAt);
  if (takenAtMs > ctx.clock.now() + AHEAD_MS) {
    throw new Refusal(400, 'taken-ahead', 'takenAt лежит в будущем');
  }
  return {
    body: new Uint8Array(await c.req.arrayBuffer()),
    takenAt: takenAt ?? new Date(takenAtMs),
    within: askedSchool(c) ?? caller.schoolId,
    by: authorOf(caller),
  };
}

/** Takes in a roster (contract: roster in bulk). The import goes on as an operation after the answer. */
export function rosterImportRoutes({ api, ctx, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/roster-imports',
    tags: ['Roster'],
    summary: 'Take in a OneRoster 1.1 or 1.2 CSV archive, of one or many schools',
    middleware: guards.zip('service', 'operator'),
    request: rosterRequest,
    responses: { 202: json(Accepted, 'durable; its operation tells the rest'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const request = await readRosterRequest(ctx, c, c.req.valid('query').takenAt);
    const operationId = await commands.importRoster(request);
    return c.json({ operationId }, 202);
  });
}
