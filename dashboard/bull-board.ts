import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Queue } from 'bullmq';
import { Hono, type MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { timeout } from 'hono/timeout';
import type { Context } from '../src/context.ts';
import { forbidden } from '../src/refusal.ts';
import type { HttpEnv } from './auth.ts';
import { LOOSE_STYLE_POLICY } from './content-policy.ts';
import { onlyRoles } from './rights.ts';

export const BOARD_PATH = '/admin/queues';

const LOOKING = new Set(['GET', 'HEAD']);

/**
 * Bull Board over the queues, for looking only. Everything else that its router knows is answered with 405 before the
 * router is asked. It stands behind `authenticate` and lets only operators of all schools through, because a queue
 * holds every school's work. Its page asks another host for fonts, so that link is taken out.
 */
export function bullBoard(ctx: Context, queues: readonly Queue[]): Hono<HttpEnv> {
  const adapter = new HonoAdapter(serveStatic).setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    // The adapter's types name a copy of @bull-board/api of their own.
    serverAdapter: adapter as never,
    options: { uiConfig: { boardTitle: 'Очереди' } },
  });
  const board = new Hono<HttpEnv>();
  board.use(onlyRoles('operator'), ofAllSchools, onlyLooking, timeout(ctx.config.limits.requestTimeoutMs));
  board.use(async (c, next) => {
    await next();
    if (!c.res.headers.get('content-type')?.startsWith('text/html')) return;
    const page = ownAddresses(await c.res.text());
    c.res = c.html(page);
    c.header('Content-Security-Policy', LOOSE_STYLE_POLICY);
  });
  return board.route('/', adapter.registerPlugin());
}

const ofAllSchools: MiddlewareHandler<HttpEnv> = async (c, next) => {
  if (c.get('caller').schoolId !== '*') throw forbidden();
  await next();
};

const onlyLooking: MiddlewareHandler<HttpEnv> = async (c, next) => {
  if (LOOKING.has(c.req.method)) return next();
  c.header('Allow', [...LOOKING].join(', '));
  throw new HTTPException(405);
};

/**
 * Removes addresses of other hosts, and those that need `<base>`, which our policy shuts off. The script reads the
 * text of `<base>`.
 */
function ownAddresses(page: string): string {
  return page
    .replace(/<link\b[^>]*\bhref="(?:https?:)?\/\/[^>]*>/gi, '')
    .replace(/\b(src|href)="static\//g, `$1="${BOARD_PATH}/static/`);
}
