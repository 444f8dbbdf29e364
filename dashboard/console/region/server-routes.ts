import type { Queue } from 'bullmq';
import { type QueueDepth, queueDepths } from '../../read/queue-depth.ts';
import { listProcesses, slowestSchools, waitingWork } from '../../read/server.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { html } from '../html.ts';
import { page } from '../page.ts';
import { linkButton } from '../parts/button.ts';
import { serverBody, serverTitle } from './server.ts';

const SCHOOLS_SHOWN = 10;
const REFRESH_SECONDS = 30;
/** After this time the page says that the queue does not answer, and waits no longer. */
const QUEUE_TIMEOUT_MS = 3_000;

/** How the service itself is, for operators of all schools. */
export function serverRoutes({ screens, ctx }: ConsoleParts, queues: readonly Queue[]): void {
  const db = ctx.db.across('operator-view');
  screens.ofRegion.get('/server', async (c) => {
    const [processes, work, schools, depths] = await Promise.all([
      listProcesses(ctx.db.ofNone),
      waitingWork(db),
      slowestSchools(db, SCHOOLS_SHOWN),
      inTime(queueDepths(queues)),
    ]);
    const { timeZone } = c.get('visitor').school;
    const view = { processes, work, schools, queues: depths, nowMs: ctx.clock.now(), timeZone };
    return page({
      c,
      section: 'server',
      title: serverTitle(view),
      actions: html`${linkButton({ label: 'Оповещения', href: '/server/notifications' })}${linkButton({ label: 'Вебхуки', href: '/server/webhooks' })}${linkButton({ label: 'Паузы', href: '/server/pauses' })}`,
      body: serverBody(view),
      refreshSeconds: REFRESH_SECONDS,
    });
  });
}

async function inTime(asked: Promise<QueueDepth[]>): Promise<QueueDepth[] | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), QUEUE_TIMEOUT_MS);
  return Promise.race([asked.catch(() => null), late]).finally(() => clearTimeout(timer));
}
