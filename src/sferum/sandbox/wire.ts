/** The HTTP around the API: where parameters and the token are looked for, and how each kind of reply leaves. */
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { Api, Reply } from './api.ts';
import type { RawParams } from './params.ts';

/** A longer GET must be a POST. */
const MAX_QUERY_BYTES = 2_048;

/** There are bindings only behind a real server; `app.request()` has none. */
export type Wire = { Bindings: Partial<HttpBindings> };

/** Answers `/method/:name`. `closing` ends requests that hang. */
export async function answer(c: Context<Wire>, api: Api, closing: AbortSignal): Promise<Response> {
  const url = new URL(c.req.url);
  if (c.req.method === 'GET' && url.search.length > MAX_QUERY_BYTES)
    return c.html(htmlError('414 Request-URI Too Large'), 414);
  const raw = await readParams(c, url);
  const token = bearer(c.req.header('authorization')) ?? raw.access_token;
  const reply = api.handle(c.req.param('name') ?? '', raw, token);
  const { latencyMs } = api.world.faults;
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  return send(c, reply, closing);
}

async function send(c: Context<Wire>, reply: Reply, closing: AbortSignal): Promise<Response> {
  switch (reply.kind) {
    case 'json':
      return c.body(reply.body, 200, { 'content-type': 'application/json; charset=utf-8' });
    case 'http502':
      return c.html(htmlError('502 Bad Gateway'), 502);
    case 'hang':
      await untilGone(c, closing);
      return cut(c);
    case 'reset':
      return cut(c);
  }
}

/** Resets the connection. Without a server the request fails, as a fetch over a reset connection does. */
function cut(c: Context<Wire>): Response {
  const outgoing = c.env?.outgoing;
  if (!outgoing) throw new TypeError('connection reset');
  outgoing.socket?.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

/** Waits until the client gives up or the sandbox closes. */
function untilGone(c: Context<Wire>, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => resolve();
    if (closing.aborted || c.req.raw.signal.aborted) done();
    closing.addEventListener('abort', done, { once: true });
    c.req.raw.signal.addEventListener('abort', done, { once: true });
    c.env?.outgoing?.once('close', done);
  });
}

/** Reads the query, then the form over it. It does not look at a body that is no form (JSON, say). */
async function readParams(c: Context<Wire>, url: URL): Promise<RawParams> {
  const params: Record<string, string> = Object.create(null);
  for (const [key, value] of url.searchParams) params[key] = value;
  if (c.req.method !== 'POST') return params;
  const type = c.req.header('content-type') ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    for (const [key, value] of new URLSearchParams(await c.req.text())) params[key] = value;
  } else if (type.startsWith('multipart/form-data')) {
    for (const [key, value] of await c.req.formData()) if (typeof value === 'string') params[key] = value;
  }
  return params;
}

function bearer(header: string | undefined): string | undefined {
  return header?.match(/^Bearer (\S+)$/i)?.[1];
}

const htmlError = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
  `<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
