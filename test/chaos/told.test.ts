/** K2 while processes are killed: no message is lost, and the living report a dead worker. */
import { expect, test, vi } from 'vitest';
import { createWebhook } from '../../src/told/webhooks.ts';
import { type Program, startProgram } from '../support/child-process.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { makeRegion, trouble } from '../support/region-rows.ts';
import { use } from '../support/use.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

const SCHOOLS = 30;
const KILLS = 3;
/** A message whose sender has died is taken again after three times the limit of an answer. */
const QUICK = {
  LIMIT_TELL_INTERVAL_MS: '60',
  LIMIT_TELL_QUIET_MS: '0',
  LIMIT_TELL_TIMEOUT_MS: '500',
  LIMIT_TELL_AT_ONCE_MESSAGES: '2',
};

async function startWorker(halves: Halves, env: Record<string, string>): Promise<Program> {
  const worker = use(startProgram('worker', { ...halves.env, ...env }));
  await worker.ready();
  return worker;
}

test('K2: killed three times while it sends, a worker loses nothing, and repeats say the same', async () => {
  const receiver = use(await startReceiver());
  // The API half sends nothing meanwhile, so that the workers do it.
  const halves = use(await startHalves({ env: { LIMIT_TELL_INTERVAL_MS: '120000' } }));
  await makeRegion(halves.ctx, { schools: SCHOOLS, chats: 1, people: 1 });
  await createWebhook(halves.ctx, {
    by: { id: 'test', kind: 'operator' },
    schoolId: null,
    url: receiver.url,
    kinds: ['hold'],
  });
  receiver.answer = (heard, response) => {
    setTimeout(() => {
      heard.answered = 204;
      response.writeHead(204).end();
    }, 60);
    return 0;
  };
  for (let n = 1; n <= SCHOOLS; n++) await trouble(halves.ctx, `s${n}`, 'held');

  let worker = await startWorker(halves, QUICK);
  for (let kill = 1; kill <= KILLS; kill++) {
    await vi.waitFor(() => expect(receiver.heard.length).toBeGreaterThanOrEqual(kill * 5), {
      timeout: 60_000,
      interval: 2,
    });
    worker.signal('SIGKILL');
    await worker.ended;
    worker = await startWorker(halves, QUICK);
  }

  const told = await receiver.receives('hold.opened', SCHOOLS);
  expect(told.map(({ body }) => body.data.schoolId).sort()).toEqual(
    Array.from({ length: SCHOOLS }, (_, i) => `s${i + 1}`).sort(),
  );
  // Each message has one id and one body, however often it came.
  expect(new Set(receiver.heard.map(({ id, text }) => `${id} ${text}`)).size).toBe(SCHOOLS);
}, 180_000);

test('K2: the last worker is killed, and the API tells it; it is over once another was started', async () => {
  const receiver = use(await startReceiver());
  const halves = use(
    await startHalves({ env: { ...QUICK, LIMIT_PROCESS_SILENT_MS: '3000', LIMIT_LOST_AFTER_MS: '2000' } }),
  );
  await createWebhook(halves.ctx, {
    by: { id: 'test', kind: 'operator' },
    schoolId: null,
    url: receiver.url,
    kinds: ['worker-dead'],
  });
  const worker = await startWorker(halves, {});
  worker.signal('SIGKILL');
  await worker.ended;
  const [opened] = await receiver.receives('worker-dead.opened');
  expect(opened!.body.data).toMatchObject({ schoolId: null, count: 1 });
  const other = await startWorker(halves, {});
  await receiver.receives('worker-dead.closed');

  other.signal('SIGTERM');
  expect(await other.ended).toBe(0);
  expect(receiver.received()).toHaveLength(2);
}, 180_000);
