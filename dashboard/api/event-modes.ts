/**
 * The three ways in which CloudEvents 1.0 travel over HTTP: a JSON batch, one event as JSON (structured), and one event
 * whose attributes are headers (binary). https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md
 */
import type { Context as HonoContext } from 'hono';
import { HTTPException } from 'hono/http-exception';

export const BATCH = 'application/cloudevents-batch+json';
export const STRUCTURED = 'application/cloudevents+json';
/** The type of `data` in binary mode. */
export const BINARY = 'application/json';
const PREFIX = 'ce-';

/**
 * Gives the events of a request: the batch as it was sent, or one event in a list. Each event is checked later by its
 * reader.
 * @throws HTTPException(415) where the request carries no event, (400) where its body is no JSON
 */
export async function eventsIn(c: HonoContext): Promise<unknown> {
  const given = c.req.header('content-type');
  const type = given?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === BATCH) return c.req.json();
  if (type === STRUCTURED) return [await c.req.json()];
  const attributes = attributesOf(c.req.header());
  if (type !== BINARY || attributes.specversion === undefined) throw new HTTPException(415);
  return [{ ...attributes, datacontenttype: given, data: await c.req.json() }];
}

/** The attributes among headers. A value is percent-encoded where it goes beyond ASCII. */
function attributesOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.toLowerCase().startsWith(PREFIX));
  return Object.fromEntries(
    own.map(([name, value]) => [name.toLowerCase().slice(PREFIX.length), decoded(value)]),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
