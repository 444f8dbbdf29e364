import { createRoute, z } from '@hono/zod-openapi';
import { notFound, Refusal } from '../../src/refusal.ts';
import { idNow } from '../../src/store/queries/former-ids.ts';
import { schoolOf } from '../rights.ts';
import { noteEnded } from '../sessions/note-ended.ts';
import { endSession, endSessions, listSessions } from '../sessions/own-sessions.ts';
import type { ApiParts } from './parts.ts';
import { IdParam, Instant, json, REFUSALS, SchoolQuery } from './schemas.ts';

const SessionView = z
  .object({ id: z.uuid(), startedAt: Instant, usedAt: Instant, browser: z.string().nullable() })
  .openapi('Session');

const OWN = ['school-admin', 'staff', 'student', 'parent', 'operator'] as const;

/**
 * Sessions of the console: one's own, and for operators those of a person or a school. A session ends at once, and
 * its streams end with it.
 */
export function sessionRoutes(parts: ApiParts): void {
  routeOwnSessions(parts);
  routeEndOfOwn(parts);
  routeEndOfAll(parts);
}

function routeOwnSessions({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/me/sessions',
    tags: ['Sessions'],
    summary: 'Where I am signed in, the last used first',
    middleware: guards.read(...OWN),
    request: {},
    responses: { 200: json(z.object({ items: z.array(SessionView) }), 'sessions'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { limits } = ctx.config;
    const items = await listSessions(ctx.db.across('sessions'), c.get('caller'), {
      now: new Date(ctx.clock.now()),
      idleMinutes: limits.sessionIdleMinutes,
    });
    return c.json({ items }, 200);
  });
}

function routeEndOfOwn({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'delete',
    path: '/v1/me/sessions/{id}',
    tags: ['Sessions'],
    summary: 'End one of my sessions',
    middleware: guards.read(...OWN),
    request: { params: IdParam },
    responses: { 204: { description: 'ended' }, ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const caller = c.get('caller');
    if (!z.uuid().safeParse(id).success || !(await endSession(ctx.db.across('sessions'), caller, id)))
      throw notFound();
    noteEnded(ctx, caller, { of: caller.subject, ended: 1 });
    return c.body(null, 204);
  });
}

function routeEndOfAll({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'delete',
    path: '/v1/sessions',
    tags: ['Sessions'],
    summary:
      'End all sessions of a school, or of one of its people; `?school=*`: of operators of all schools',
    middleware: guards.read('operator'),
    request: { query: SchoolQuery.extend({ personId: z.string().min(1).max(200).optional() }) },
    responses: { 200: json(z.object({ ended: z.int() }), 'how many'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { personId, school } = c.req.valid('query');
    if (personId === undefined && school === undefined) {
      throw new Refusal(400, 'nobody-named', 'Укажите, чьи сеансы завершить: ?personId= или ?school=');
    }
    const caller = c.get('caller');
    // An operator of all schools belongs to no school, so `*` names their sessions. They are ended where a cookie was
    // stolen or the operator was dismissed.
    const schoolId = school === '*' && caller.schoolId === '*' ? '*' : schoolOf(c);
    const of =
      personId === undefined || schoolId === '*'
        ? (personId ?? null)
        : await idNow(ctx.db.of(schoolId), schoolId, personId);
    const ended = await endSessions(ctx.db.across('sessions'), schoolId, of);
    noteEnded(ctx, { ...caller, schoolId }, { of, ended });
    return c.json({ ended }, 200);
  });
}
