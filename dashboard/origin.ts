import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { Refusal } from '../src/refusal.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that another site's page makes a browser send (#27). A Bearer needs no such check: no other
 * page can send it. A cookie must come with proof that the page is ours; without either, the 401 comes later.
 */
export function sameOriginChanges(publicUrl: string): MiddlewareHandler {
  const publicHost = new URL(publicUrl).host;
  return async (c, next) => {
    const { method } = c.req;
    if (!SAFE_METHODS.has(method) && c.req.header('authorization') === undefined) {
      const proof = originOf(c, publicHost);
      if (proof === 'foreign' || (proof === 'unknown' && c.req.header('cookie') !== undefined)) {
        throw new Refusal(403, 'cross-site', 'Изменения принимаются только со страниц этого сервиса');
      }
    }
    await next();
  };
}

/**
 * Origin is set by browsers on every change; Sec-Fetch-Site speaks where a proxy took it away, or where it is
 * `null`: so it is on forms of our own pages that send no referrer, and in other sites' sandboxed frames.
 */
function originOf(c: HonoContext, publicHost: string): 'own' | 'foreign' | 'unknown' {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  if (origin === 'null') return site === 'same-origin' ? 'own' : 'foreign';
  if (origin !== undefined) {
    const host = URL.canParse(origin) ? new URL(origin).host : null;
    return host !== null && (host === publicHost || host === c.req.header('host')) ? 'own' : 'foreign';
  }
  if (site === undefined) return 'unknown';
  return site === 'same-origin' ? 'own' : 'foreign';
}
