/**
 * `Idempotency-Key`: a POST that was made once and is sent again, because its answer was lost, makes nothing more. The
 * same key and request give the first answer again. While the first one runs that is 409, and another request under
 * the same key is 422. A key is its school's and caller's own and is kept for a day (contract).
 *
 * A request whose process was killed leaves no answer, and nobody knows whether it has made something. Its key says
 * «under way» until the lease is over. After that the request is carried out once more.
 */
import { createHash } from 'node:crypto';
import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import type { Context } from '../src/context.ts';
import { Refusal } from '../src/refusal.ts';
import { claim, type FirstRequest, keep, release } from '../src/store/first-answers.ts';
import { SEALED_COLUMNS } from '../src/store/sealed-columns.ts';
import type { HttpEnv } from './auth.ts';
import { askedSchool } from './rights.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;
const PLACE = { schoolId: null, column: SEALED_COLUMNS.firstAnswer };
const HEADERS_KEPT = ['content-type', 'location'] as const;
/** Statuses that say nothing of the request itself, so that it may be made again. */
const PASSING: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);
const TIMED_OUT = 504;
const RETRY_AFTER_SECONDS = 1;

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Stands before the handler of a POST, after the caller's rights are known and the body has arrived. `bodyOf` gives
 * what the route reads of the body.
 */
export function idempotent(
  ctx: Context,
  bodyOf: (c: HonoContext<HttpEnv>) => Promise<string | Uint8Array>,
): MiddlewareHandler<HttpEnv> {
  const { idempotencyLeaseMs: leaseMs, idempotencyKeptMs: keepMs } = ctx.config.limits;
  return async (c, next) => {
    const key = c.req.header('idempotency-key');
    if (c.req.method !== 'POST' || key === undefined) return next();
    if (!KEY.test(key))
      throw new Refusal(400, 'invalid', 'Idempotency-Key: от 1 до 255 знаков ASCII без пробелов');
    const request = requestOf(c, key, await bodyOf(c));
    const at = new Date(ctx.clock.now());
    const found = await claim(ctx.db.ofNone, request, { at, leaseMs, keepMs });
    if (found === 'another')
      throw new Refusal(422, 'idempotency-key-reused', 'Этот Idempotency-Key уже был у другого запроса');
    if (found === 'under-way') throw underWay();
    if (found !== 'first') return answerAgain(JSON.parse(ctx.secrets.open(found.answerSealed, PLACE)));
    await next();
    await remember(ctx, request, c.res);
  };
}

function underWay(): Refusal {
  return new Refusal(409, 'idempotency-under-way', 'Первый запрос с этим Idempotency-Key ещё выполняется', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

function requestOf(c: HonoContext<HttpEnv>, key: string, body: string | Uint8Array): FirstRequest {
  const { subject, schoolId } = c.get('caller');
  const { pathname, search } = new URL(c.req.url);
  return {
    digest: digestOf(JSON.stringify([askedSchool(c) ?? schoolId, subject, key])),
    fingerprint: digestOf(`${pathname}${search}\n`, body),
  };
}

function digestOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url');
}

async function remember(ctx: Context, request: FirstRequest, response: Response): Promise<void> {
  const { status, headers } = response;
  try {
    // The time was over, but the handler went on. Nobody knows the end, so the key stays under way for its lease.
    if (status === TIMED_OUT) return;
    if (status >= 500 || PASSING.has(status)) return await release(ctx.db.ofNone, request);
    const kept = HEADERS_KEPT.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const answer: Answer = { status, headers: Object.fromEntries(kept), body: await response.clone().text() };
    await keep(ctx.db.ofNone, request, ctx.secrets.seal(JSON.stringify(answer), PLACE));
  } catch (err) {
    // What was made is made, and its answer goes out. Until the lease is over the key says «under way».
    ctx.log.error({ err }, 'the answer to a request with a key could not be kept');
  }
}

function answerAgain({ status, headers, body }: Answer): Response {
  const hasBody = body !== '' && status !== 204;
  return new Response(hasBody ? body : null, {
    // It is the status of an answer that Hono gave.
    status: status as StatusCode,
    headers: { ...headers, 'Idempotency-Replayed': 'true' },
  });
}

interface Described {
  paths?: Record<string, { post?: { parameters?: object[]; responses?: Record<string, object> } }>;
}

/** Says in the API's description which requests take a key. */
export function describeIdempotency(document: object): void {
  const parameter = {
    ...{ name: 'Idempotency-Key', in: 'header', required: false },
    description: 'The same key and request within a day give the first answer again and make nothing more.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    example: 'b1f6b7c0-6b0f-4a39-9a55-0f5a1d1a7c11',
  };
  const answers = {
    409: {
      description: 'the first request with this Idempotency-Key still runs, or what the call itself refuses',
    },
    422: { description: 'this Idempotency-Key was used for another request' },
  };
  // A description in OpenAPI has this shape, and its type is too wide to be changed.
  for (const [path, { post }] of Object.entries((document as Described).paths ?? {})) {
    if (!post || !path.startsWith('/v1/')) continue;
    post.parameters = [...(post.parameters ?? []), parameter];
    post.responses = { ...answers, ...post.responses };
  }
}
