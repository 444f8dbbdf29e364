import type { OpenAPIHono } from '@hono/zod-openapi';
import { secureHeaders } from 'hono/secure-headers';
import type { Context } from '../src/context.ts';
import type { HttpEnv } from './auth.ts';
import { healthRoutes, type Probes } from './health.ts';
import { createOpenApi } from './open-api.ts';
import { answerError, generalProblem } from './problem.ts';
import { logRequests } from './request-log.ts';

/** Makes the HTTP of a process that serves no people: only its health and its figures. */
export function createOpsHttp(ctx: Context, probes: Probes): OpenAPIHono<HttpEnv> {
  const http = createOpenApi();
  http.onError((error, c) => answerError(ctx, error, c));
  http.notFound((c) => generalProblem(c, 404));
  http.use(logRequests(ctx));
  http.use(secureHeaders());
  healthRoutes(http, ctx, probes);
  return http;
}
