import type { Context as HonoContext } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import type { Caller } from '../src/caller.ts';
import type { Context } from '../src/context.ts';
import { Refusal } from '../src/refusal.ts';
import { clientAddress } from './client-address.ts';
import { claimedSubject, type Rates } from './rates.ts';
import type { Sessions } from './sessions/sessions.ts';

const DENIALS = new Set([401, 403, 429]);

/**
 * Handles everything that is thrown on the way to an answer, in one place, so that a new refusal is counted without
 * further code. A failed sign-in beyond its rate becomes a 429. A denial becomes a log line and a figure (K8). Neither
 * holds a query, a name or a token.
 */
export function denials(ctx: Context, rates: Rates, sessions: Sessions) {
  return async (thrown: Error, c: HonoContext): Promise<Error> => {
    const error = await limited(thrown, async () => {
      const attempt = await failedSignIn(c, statusOf(thrown), sessions);
      if (attempt) await rates.failedSignIn(attempt.subject, clientAddress(c, ctx.config.trustedProxyHops));
    });
    const status = statusOf(error);
    if (!DENIALS.has(status)) return error;
    const reason = error instanceof Refusal ? error.type : `status-${status}`;
    const caller: Partial<Caller> = c.get('caller') ?? {};
    const { subject, role, schoolId } = caller;
    const { method } = c.req;
    ctx.metrics.denial(reason);
    ctx.log.warn({ subject, role, schoolId, method, route: routePath(c, -1), status, reason }, 'denied');
    return error;
  };
}

/** Gives the refusal of a rate in place of the error, where `count` throws one. */
async function limited(error: Error, count: () => Promise<void>): Promise<Error> {
  try {
    await count();
    return error;
  } catch (beyond) {
    if (!(beyond instanceof Error)) throw beyond;
    return beyond;
  }
}

/**
 * Gives the subject of a token that is not valid, and an attempt without a subject for a guessed session. Null where
 * nobody tried to sign in: a page was asked for without a sign-in, or with a session that has ended by itself.
 */
async function failedSignIn(
  c: HonoContext,
  status: number,
  sessions: Sessions,
): Promise<{ subject: string | null } | null> {
  if (status !== 401 && !(c.req.path === '/sso' && status === 403)) return null;
  const token = await presentedToken(c);
  if (token !== null) return { subject: claimedSubject(token) };
  return (await sessions.isMadeUp(c)) ? { subject: null } : null;
}

async function presentedToken(c: HonoContext): Promise<string | null> {
  if (c.req.path !== '/sso') return c.req.header('authorization')?.replace(/^Bearer +/i, '') ?? null;
  if (c.req.method !== 'POST') return c.req.query('token') ?? '';
  const form = await c.req.parseBody().catch(() => null);
  return String(form?.token ?? '');
}

function statusOf(error: Error): number {
  return error instanceof Refusal || error instanceof HTTPException ? error.status : 500;
}
