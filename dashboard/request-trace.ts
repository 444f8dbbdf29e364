import type { MiddlewareHandler } from 'hono';
import type { Context } from '../src/context.ts';
import { withinSpan } from '../src/traces/current.ts';
import { routeOf } from './request-log.ts';

/** Requests of machines, and of browsers for files, get no trace: they change nothing, and there are many. */
const UNTOLD = /^\/(healthz|readyz|metrics|openapi\.json|docs|static|favicon)/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Begins a trace with each request. Its name is only the route pattern. A caller's own trace is linked and not
 * continued, so that nobody outside decides what is told.
 */
export function traceRequests({ traces }: Context): MiddlewareHandler {
  if (!traces.isOn) return (_, next) => next();
  return async (c, next) => {
    if (UNTOLD.test(c.req.path)) return next();
    const { method } = c.req;
    const span = traces.begin(method, {
      ...{ kind: 'server', isRoot: true, attributes: { 'http.request.method': method } },
    });
    const callers = c.req.header('traceparent');
    if (callers !== undefined && TRACEPARENT.test(callers)) span.link(callers);
    await withinSpan(
      span,
      () => 'unknown',
      async () => {
        await next();
        const route = routeOf(c);
        span.rename(`${method} ${route}`);
        span.set({ 'http.route': route, 'http.response.status_code': c.res.status });
        if (c.res.status >= 500) span.end(String(c.res.status));
      },
    );
  };
}
