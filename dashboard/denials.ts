import type { Context as HonoContext } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import type { Context } from '../src/context.ts';
import { Refusal } from '../src/refusal.ts';
import type { Caller } from './auth.ts';
import { clientAddress } from './client-address.ts';
import { claimedSubject, type Rates } from './rates.ts';

const DENIALS = new Set([401, 403, 429]);

/**
 * Everything that is thrown on the way to an answer passes here once, so that a new refusal is counted by itself: a
 * failed sign-in beyond its rate becomes a 429, and what is denied becomes a log line and a figure (K8). Neither holds
 * a query, a name or a token.
 */
export function denials(ctx: Context, rates: Rates) {
  return async (thrown: Error, c: HonoContext): Promise<Error> => {
    const error = await limited(ctx, rates, thrown, c);
    const status = statusOf(error);
    if (!DENIALS.has(status)) return error;
    const reason = error instanceof Refusal ? error.type : `status-${status}`;
    const { subject, role, schoolId } = (c.get('caller') ?? {}) as Partial<Caller>;
    const { method } = c.req;
    ctx.metrics.denial(reason);
    ctx.log.warn({ subject, role, schoolId, method, route: routePath(c, -1), status, reason }, 'denied');
    return error;
  };
}

async function limited(ctx: Context, rates: Rates, error: Error, c: HonoContext): Promise<Error> {
  const token = await presentedToken(c);
  if (token === null || !failsSignIn(c, statusOf(error))) return error;
  try {
    await rates.failedSignIn(claimedSubject(token), clientAddress(c, ctx.config.trustedProxyHops));
    return error;
  } catch (beyond) {
    return beyond as Error;
  }
}

/** A page asked for without a sign-in, or with a session that has ended, is no attempt. */
function failsSignIn(c: HonoContext, status: number): boolean {
  return status === 401 || (c.req.path === '/sso' && status === 403);
}

async function presentedToken(c: HonoContext): Promise<string | null> {
  if (c.req.path !== '/sso') return c.req.header('authorization')?.replace(/^Bearer +/i, '') ?? null;
  if (c.req.method !== 'POST') return c.req.query('token') ?? '';
  const form = await c.req.parseBody().catch(() => ({}) as Record<string, unknown>);
  return String(form.token ?? '');
}

function statusOf(error: Error): number {
  return error instanceof Refusal || error instanceof HTTPException ? error.status : 500;
}
