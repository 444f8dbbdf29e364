import { createHash, timingSafeEqual } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../src/context.ts';
import type { HttpEnv } from './auth.ts';
import { unauthenticated } from './problem.ts';
import { fleetFigures } from './read/figures.ts';

/** The parts that /readyz checks, by the names that it reports. Each throws unless its part answers. */
export type Probes = Readonly<Record<string, () => Promise<void>>>;

const Readiness = z
  .object({
    status: z.enum(['ready', 'not-ready']),
    checks: z.record(z.string(), z.enum(['ok', 'failed', 'late'])),
  })
  .openapi('Readiness');
const text = (description: string) => ({ description, content: { 'text/plain': { schema: z.string() } } });
const json = (description: string) => ({
  description,
  content: { 'application/json': { schema: Readiness } },
});

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['Health'],
  summary: 'The process serves',
  security: [],
  responses: { 200: text('always') },
});
const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['Health'],
  summary: 'The database is migrated, it and the queue answer',
  security: [],
  responses: { 200: json('ready'), 503: json('something does not answer') },
});
const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['Health'],
  summary: 'Figures for Prometheus',
  security: [{}, { ops: [] }],
  responses: {
    200: text('Prometheus text format'),
    401: { description: 'OPS_TOKEN is set, and this is not it' },
  },
});

/** `/healthz`, `/readyz` and `/metrics`, for the operator's tools. */
export function healthRoutes(http: OpenAPIHono<HttpEnv>, ctx: Context, probes: Probes): void {
  http.openapi(healthz, (c) => c.text('ok', 200));
  http.openapi(readyz, async (c) => {
    const outcomes = await Promise.all(
      Object.entries(probes).map(async ([name, probe]) => [name, await check(ctx, name, probe)] as const),
    );
    const ready = outcomes.every(([, outcome]) => outcome === 'ok');
    const checks = Object.fromEntries(outcomes);
    return ready
      ? c.json({ status: 'ready' as const, checks }, 200)
      : c.json({ status: 'not-ready' as const, checks }, 503);
  });
  const { opsToken } = ctx.config;
  http.openAPIRegistry.registerComponent('securitySchemes', 'ops', {
    type: 'http',
    scheme: 'bearer',
    description: 'OPS_TOKEN, where it is set',
  });
  http.openapi(metrics, async (c) => {
    if (opsToken !== null && !isBearer(c.req.header('authorization'), opsToken)) throw unauthenticated();
    await setFigures(ctx);
    const { contentType, body } = await ctx.metrics.render();
    // The route is described as text, and zod-openapi types answers of JSON alone.
    return c.body(body, 200, { 'Content-Type': contentType }) as never;
  });
}

/** Sets the figures of this moment. The database's figures are missing where it does not answer. */
async function setFigures(ctx: Context): Promise<void> {
  ctx.metrics.process({ requests: ctx.gateway.stats().requests, connections: { ...ctx.db.connections() } });
  try {
    ctx.metrics.fleet(await fleetFigures(ctx.db.across('figures')));
  } catch (err) {
    ctx.log.warn({ err }, 'the figures of the schools are missing');
    ctx.metrics.fleet(null);
  }
}

/** Compares in the same time whatever is given, so that the time tells nothing of the token. */
function isBearer(header: string | undefined, token: string): boolean {
  const given = /^Bearer +(.*)$/i.exec(header ?? '')?.[1] ?? '';
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** Checks a part. One that hangs counts as one that fails, and its late answer is dropped. */
async function check(
  ctx: Context,
  name: string,
  probe: () => Promise<void>,
): Promise<'ok' | 'failed' | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), ctx.config.limits.probeTimeoutMs);
  const answer = probe().then(
    () => 'ok' as const,
    (err: unknown) => {
      ctx.log.warn({ err, probe: name }, 'not ready');
      return 'failed' as const;
    },
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
