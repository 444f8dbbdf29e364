import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Caller } from '../../src/caller.ts';
import type { Context } from '../../src/context.ts';
import type { AccessLog } from '../../src/store/access-log.ts';
import { clientAddress } from '../client-address.ts';
import { SHOWING_PEOPLE } from './routes.ts';

/** Request → school → the people of it whom the answer shows. */
const shown = new WeakMap<HonoContext, Map<string, Set<string>>>();

/** Notes the people whom the answer shows. An empty list notes that it shows nobody. */
export function noteShown(c: HonoContext, schoolId: string, personIds: Iterable<string>): void {
  const schools = shown.get(c) ?? new Map<string, Set<string>>();
  schools.set(schoolId, new Set([...(schools.get(schoolId) ?? []), ...personIds]));
  shown.set(c, schools);
}

/** Notes that this answer shows nobody, where others of its route do. Nothing is recorded of it. */
export function noteNobodyShown(c: HonoContext): void {
  shown.set(c, new Map());
}

/** Records who looked once an answer has been made. The answer does not wait for it. */
export function recordAccess(ctx: Context, log: AccessLog): MiddlewareHandler {
  return async (c, next) => {
    await next();
    // An answer without a body shows nobody.
    if (c.req.method === 'HEAD') return;
    const route = `${c.req.method} ${routePath(c, -1)}`;
    const what = SHOWING_PEOPLE[route];
    const schools = shown.get(c);
    const isNoted = schools !== undefined;
    const mustBeNoted = c.res.status === 200 && c.req.method === 'GET';
    if (what === undefined ? isNoted : mustBeNoted && !isNoted) {
      ctx.log.error({ route }, 'an answer did not note the people whom it shows');
    }
    const caller: Caller | undefined = c.get('caller');
    if (what === undefined || caller === undefined) return;
    const { subject, role } = caller;
    const at = new Date(ctx.clock.now());
    const address = clientAddress(c, ctx.config.trustedProxyHops);
    for (const [schoolId, personIds] of schools ?? [])
      log.record({ at, subject, role, what, address, schoolId, personIds: [...personIds] });
  };
}
