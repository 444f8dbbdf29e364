import { isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';

/**
 * Where a request came from; null where it came over no network (a request inside the process). What
 * `X-Forwarded-For` says is believed for as many entries from its end as there are proxies of our own in front
 * (`hops`): whoever calls can write the rest himself.
 */
export function clientAddress(c: HonoContext, hops: number): string | null {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  const socket = incoming?.socket.remoteAddress ?? null;
  if (hops === 0) return socket;
  const said = (c.req.header('x-forwarded-for') ?? '').split(',');
  return addressOf(said.at(-hops) ?? '') ?? socket;
}

/** `1.2.3.4`, `1.2.3.4:567`, `2001:db8::1`, `[2001:db8::1]:567` → the address; null: it is none, as `unknown`. */
function addressOf(entry: string): string | null {
  const text = entry.trim();
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? null : bare;
}
