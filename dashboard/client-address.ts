import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';

/** Where a request came from; null where it came over no network (a request inside the process). */
export function clientAddress(c: HonoContext): string | null {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  return incoming?.socket.remoteAddress ?? null;
}
