import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { Refusal } from '../src/refusal.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that another site's page makes a browser send (reliability 27). A Bearer needs no such check,
 * because no other page can send it. A cookie must come with proof that the page is ours. Without either the 401 comes
 * later.
 */
export function sameOriginChanges(publicUrl: string): MiddlewareHandler {
  const own = new URL(publicUrl);
  return async (c, next) => {
    const { method } = c.req;
    if (!SAFE_METHODS.has(method) && c.req.header('authorization') === undefined) {
      const proof = originOf(c, own);
      if (proof === 'foreign' || (proof === 'unknown' && c.req.header('cookie') !== undefined)) {
        throw new Refusal(403, 'cross-site', 'Изменения принимаются только со страниц этого сервиса');
      }
    }
    await next();
  };
}

/**
 * Tells whose page sent a change. Browsers set Origin on every change. Sec-Fetch-Site decides where a proxy removed
 * Origin, or where Origin is `null`, as on forms of our own pages that send no referrer and in sandboxed frames of
 * other sites.
 */
function originOf(c: HonoContext, { protocol, origin: publicOrigin }: URL): 'own' | 'foreign' | 'unknown' {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  if (origin === 'null') return site === 'same-origin' ? 'own' : 'foreign';
  if (origin !== undefined) {
    // We may be reached by another name, such as 127.0.0.1, but always by our scheme: a page over plain http is not
    // the one over https.
    const named = `${protocol}//${c.req.header('host')?.toLowerCase()}`;
    return origin === publicOrigin || origin === named ? 'own' : 'foreign';
  }
  if (site === undefined) return 'unknown';
  return site === 'same-origin' ? 'own' : 'foreign';
}
