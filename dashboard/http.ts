import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Queue } from 'bullmq';
import { secureHeaders } from 'hono/secure-headers';
import type { Commands } from '../src/commands.ts';
import type { Context } from '../src/context.ts';
import { ProfileLinking } from '../src/profile/linking.ts';
import type { AccessLog } from '../src/store/access-log.ts';
import { isTokenUsed } from '../src/store/used-tokens.ts';
import { apiRoutes } from './api/api.ts';
import {
  authenticate,
  bearerOrSession,
  createTokenVerifier,
  type HttpEnv,
  type ResolveCaller,
} from './auth.ts';
import { BOARD_PATH, bullBoard } from './bull-board.ts';
import { consoleRoutes, framed, type Surroundings } from './console/console.ts';
import { errorPage, notFoundPage, wantsPage } from './console/errors.ts';
import { NO_PERMISSIONS, referrer, STRICT_POLICY, strictTransport } from './content-policy.ts';
import { denials } from './denials.ts';
import { docsRoutes } from './docs.ts';
import { createGuards } from './guards.ts';
import { healthRoutes, type Probes } from './health.ts';
import { createOpenApi } from './open-api.ts';
import { sameOriginChanges } from './origin.ts';
import { answerError, generalProblem } from './problem.ts';
import { countRequest, type Rates } from './rates.ts';
import { logRequests } from './request-log.ts';
import { traceRequests } from './request-trace.ts';
import { Sessions } from './sessions/sessions.ts';
import { recordAccess } from './trail/shown-people.ts';

export interface HttpParts {
  commands: Commands;
  /** Where looks are recorded (K8). */
  access: AccessLog;
  rates: Rates;
  /** The queues that the board shows. */
  queues: readonly Queue[];
  /** The checks of /readyz. */
  probes: Probes;
  /** Aborted when the process stops: streams end then, so that the server can end too. */
  closing: AbortSignal;
  /** Places outside of us. One that is not given is VK's own. */
  surroundings?: Partial<Surroundings>;
}

type Edge = OpenAPIHono<HttpEnv>;

const VK: Surroundings = { vkIdUrl: 'https://id.vk.ru', messengerUrl: 'https://web.vk.me', demo: false };

/**
 * Makes the whole HTTP edge: API, its description, health, the queue board and the console. A request passes, in this
 * order: the log, headers, the check of its origin, the arrival of a form, the caller, the caller's rights, the body,
 * its shape, the handler.
 */
export function createHttp(ctx: Context, parts: HttpParts): Edge {
  const { publicUrl } = ctx.config;
  const surroundings = { ...VK, ...parts.surroundings };
  const verify = createTokenVerifier(ctx.config, ctx.clock);
  const sessions = new Sessions(ctx);
  const resolve = paced(
    parts.rates,
    bearerOrSession(
      verify,
      (key) => isTokenUsed(ctx.db.ofNone, key),
      async (c) => (await sessions.find(c))?.caller ?? null,
    ),
  );
  const http = createOpenApi();
  answerRefusals(http, ctx, denials(ctx, parts.rates, sessions));
  http.use(logRequests(ctx));
  http.use(traceRequests(ctx));
  http.use(recordAccess(ctx, parts.access));
  http.use(framed(ctx, surroundings));
  headers(http, publicUrl);
  http.use(sameOriginChanges(publicUrl));
  formGuards(http, ctx);
  healthRoutes(http, ctx, parts.probes);
  docsRoutes(http, publicUrl);
  for (const path of ['/v1/*', BOARD_PATH, `${BOARD_PATH}/*`]) http.use(path, authenticate(resolve));
  const linking = new ProfileLinking(ctx, surroundings.vkIdUrl, (person) => parts.rates.linking(person));
  const { commands, rates, closing, queues } = parts;
  apiRoutes({ api: http, ctx, commands, closing }, linking);
  http.route(BOARD_PATH, bullBoard(ctx, queues));
  const edge = { http, ctx, sessions, resolve, verify, linking, surroundings };
  consoleRoutes({ ...edge, commands, rates, closing, queues });
  return http;
}

/** Says what was refused or failed, as a page to those who asked for a page. */
function answerRefusals(http: Edge, ctx: Context, denied: ReturnType<typeof denials>): void {
  http.onError(async (thrown, c) => {
    const error = await denied(thrown, c);
    // Pages need of the context what `framed` puts there, although this app's type does not name it.
    return wantsPage(c) ? errorPage(ctx, error, c as never) : answerError(ctx, error, c);
  });
  http.notFound((c) => (wantsPage(c) ? notFoundPage(c as never) : generalProblem(c, 404)));
}

/** Sets on every answer the headers that it does not set itself. */
function headers(http: Edge, publicUrl: string): void {
  http.use(
    secureHeaders({
      ...{ overwrite: false, xFrameOptions: 'DENY', permissionsPolicy: NO_PERMISSIONS },
      ...{ strictTransportSecurity: strictTransport(publicUrl), referrerPolicy: referrer(publicUrl) },
    }),
  );
  http.use(async (c, next) => {
    await next();
    // `c.header` would make a finished answer anew and copy its body through a stream.
    const { headers } = c.res;
    if (!headers.has('content-security-policy')) headers.set('Content-Security-Policy', STRICT_POLICY);
    // Answers hold names and redirects hold tokens, so nobody on the way may keep an answer that does not say that it
    // may be kept.
    if (!headers.has('cache-control')) headers.set('Cache-Control', 'no-store');
  });
}

/** Forms that carry a roster say themselves what they take (`upload` of screens.ts). */
const UPLOADS: ReadonlySet<string> = new Set(['/connection/validations', '/server/connection/validations']);

/** Guards bodies sent to the console and the board. Routes of the API say themselves what they take (guards.ts). */
function formGuards(http: Edge, ctx: Context): void {
  for (const guard of createGuards(ctx).form) {
    http.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', (c, next) =>
      c.req.path.startsWith('/v1/') || UPLOADS.has(c.req.path) ? next() : guard(c, next),
    );
  }
}

/** Finds the caller and counts the request against the caller's rate, wherever the caller is found. */
function paced(rates: Rates, resolve: ResolveCaller): ResolveCaller {
  return async (c) => {
    const isCounted = c.get('caller') !== undefined;
    const caller = await resolve(c);
    // A stream asks again and again who reads it, and counts as one request.
    if (caller && !isCounted) await countRequest(rates, c, caller);
    return caller;
  };
}
