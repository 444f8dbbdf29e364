import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { timeout } from 'hono/timeout';
import type { TokenRole } from '../src/caller.ts';
import type { Context } from '../src/context.ts';
import type { HttpEnv } from './auth.ts';
import { withinFields } from './form-fields.ts';
import { idempotent } from './idempotency.ts';
import { onlyRoles, onlyWhoMayAct } from './rights.ts';

/**
 * What stands before a route's handler, the cheapest first: rights, the body's size and arrival, time, and whether the
 * request has come before.
 */
export interface Guards {
  /** For a page. The visitor was read before, and whether they may act. */
  page(...roles: TokenRole[]): MiddlewareHandler<HttpEnv>[];
  /** For a page's form that carries a roster. */
  upload(...roles: TokenRole[]): MiddlewareHandler<HttpEnv>[];
  /** For a route whose body, if any, is not read. */
  read(...roles: TokenRole[]): MiddlewareHandler<HttpEnv>[];
  /** For a route that takes JSON, or a page's form. */
  json(...roles: TokenRole[]): MiddlewareHandler<HttpEnv>[];
  /**
   * For everything outside the API. The body, if any, arrives before a route is asked, within the limits of a form.
   */
  form: MiddlewareHandler[];
  /** For a route that takes a roster. */
  zip(...roles: TokenRole[]): MiddlewareHandler<HttpEnv>[];
}

/** Makes the guards from the configured limits. */
export function createGuards(ctx: Context): Guards {
  const { limits } = ctx.config;
  const inTime = timeout(limits.requestTimeoutMs);
  const once = idempotent(ctx, async (c) => new Uint8Array(await c.req.arrayBuffer()));
  const onceWithoutBody = idempotent(ctx, async () => '');
  const rights = (roles: readonly TokenRole[]) => [onlyRoles(...roles), onlyWhoMayAct(ctx)];
  return {
    page: (...roles) => [onlyRoles(...roles), inTime],
    upload: (...roles) => [
      onlyRoles(...roles),
      arrived(limits.rosterZipBytes, limits.uploadTimeoutMs),
      withinFields(limits.formFields),
      inTime,
    ],
    read: (...roles) => [...rights(roles), inTime, onceWithoutBody],
    json: (...roles) => [
      ...rights(roles),
      arrived(limits.jsonBodyBytes, limits.jsonBodyTimeoutMs),
      inTime,
      once,
    ],
    form: [arrived(limits.jsonBodyBytes, limits.jsonBodyTimeoutMs), withinFields(limits.formFields)],
    zip: (...roles) => [
      ...rights(roles),
      onlyType('application/zip'),
      arrived(limits.rosterZipBytes, limits.uploadTimeoutMs),
      inTime,
      once,
    ],
  };
}

/**
 * Reads the body once, within its size (413) and its time (408 for a slow client, reliability 33). Handlers find it
 * in memory.
 */
function arrived(maxSize: number, timeoutMs: number): MiddlewareHandler {
  const withinSize = bodyLimit({ maxSize });
  return async (c, next) => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new HTTPException(408)), timeoutMs);
    const read = withinSize(c, async () => {
      await c.req.arrayBuffer();
    });
    await Promise.race([read, late]).finally(() => clearTimeout(timer));
    await next();
  };
}

function onlyType(type: string): MiddlewareHandler {
  return async (c, next) => {
    const given = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    if (given !== type) throw new HTTPException(415);
    await next();
  };
}
