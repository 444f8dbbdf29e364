import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Queue } from 'bullmq';
import { Hono } from 'hono';
import { timeout } from 'hono/timeout';
import type { HttpEnv } from './auth.ts';
import { LOOSE_STYLE_POLICY } from './policy.ts';
import { requireRole } from './rights.ts';

export const BOARD_PATH = '/admin/queues';

/**
 * Bull Board over the queues, to look at alone: changes are answered 405. Stands behind `authenticate` and lets
 * operators through. Its page asks another host for fonts; that link is taken out.
 */
export function bullBoard(queues: readonly Queue[], requestTimeoutMs: number): Hono<HttpEnv> {
  const adapter = new HonoAdapter(serveStatic).setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    // The adapter's types name a copy of @bull-board/api of their own.
    serverAdapter: adapter as never,
    options: { uiConfig: { boardTitle: 'Очереди' } },
  });
  const board = new Hono<HttpEnv>();
  board.use(requireRole('operator'), timeout(requestTimeoutMs));
  board.use(async (c, next) => {
    await next();
    if (!c.res.headers.get('content-type')?.startsWith('text/html')) return;
    const page = withoutForeignLinks(await c.res.text());
    c.res = c.html(page);
    c.header('Content-Security-Policy', LOOSE_STYLE_POLICY);
  });
  return board.route('/', adapter.registerPlugin());
}

function withoutForeignLinks(page: string): string {
  return page.replace(/<link\b[^>]*\bhref="(?:https?:)?\/\/[^>]*>/gi, '');
}
