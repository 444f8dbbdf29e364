import { isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';

/**
 * Gives where a request came from; null where it came over no network, as a request inside the process.
 * `X-Forwarded-For` is believed for as many entries from its end as there are proxies of our own in front (`hops`),
 * because the caller can write the rest.
 */
export function clientAddress(c: HonoContext, hops: number): string | null {
  const { incoming }: Partial<HttpBindings> = c.env ?? {};
  const socket = incoming?.socket.remoteAddress ?? null;
  if (hops === 0) return socket;
  const said = (c.req.header('x-forwarded-for') ?? '').split(',');
  return addressOf(said.at(-hops) ?? '') ?? socket;
}

/**
 * Reads the address out of `1.2.3.4`, `1.2.3.4:567`, `2001:db8::1` or `[2001:db8::1]:567`; null for anything else,
 * such as `unknown`.
 */
function addressOf(entry: string): string | null {
  const text = entry.trim();
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? null : bare;
}
