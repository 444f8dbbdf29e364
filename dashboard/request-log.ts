import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Context } from '../src/context.ts';

/** The label of requests that meet no route, because paths that callers make up must not become labels. */
const NO_ROUTE = 'none';

/** Logs and measures each request once, by its route pattern and without its query, where tokens and names stand. */
export function logRequests({ clock, log, metrics }: Context): MiddlewareHandler {
  return async (c, next) => {
    const startedMs = clock.elapsed();
    await next();
    const ms = Math.round(clock.elapsed() - startedMs);
    const { method } = c.req;
    const { status } = c.res;
    const route = routeOf(c);
    metrics.httpRequest({ method, route, status, seconds: ms / 1000 });
    log[status >= 500 ? 'warn' : 'info']({ method, route, status, ms }, 'request');
  };
}

/** Gives the pattern of the request's route, which says nothing of the request itself. */
export function routeOf(c: HonoContext): string {
  const path = routePath(c, -1);
  return path === '*' || path === '/*' || path === '/v1/*' ? NO_ROUTE : path;
}
