import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openQueues, type Queues } from '../../jobs/queues.ts';
import { reconcileChat } from '../../jobs/reconcile-chat.ts';
import { QueuePool } from '../../src/store/queue-pool.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { tokenOf } from '../support/tokens.ts';

/** The board over real queues, in PostgreSQL. */
let database: TestDatabase;
let pool: QueuePool;
let queues: Queues;
let world: ApiWorld;
let operator: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new QueuePool(database.url, 3);
  queues = await openQueues({ postgres: pool }, { onError: () => undefined, onWarning: () => undefined });
  world = await createApiWorld({ parts: { queues: queues.all } });
  operator = await tokenOf({ role: 'operator', school: '*' });
  await queues.addAll(reconcileChat, [
    { payload: { schoolId: 's1', chatId: randomUUID(), cause: 'event:1' } },
  ]);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await queues[Symbol.asyncDispose]();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const waiting = async () =>
  (await queues.all.find((q) => q.name === 'chats')!.getJobCounts('waiting')).waiting;

describe('the queue board', () => {
  test.each(['/admin/queues', '/admin/queues/', '/admin/queues/api/queues', '/admin/queues/static/js/x.js'])(
    'reliability 28: %s is 401 without login and 403 for all but operators',
    async (path) => {
      expect((await world.request(path)).status).toBe(401);
      const admin = await tokenOf({ role: 'school-admin', school: 's1' });
      expect((await world.request(path, { token: admin })).status).toBe(403);
    },
  );

  test('shows an operator both queues and their jobs', async () => {
    const { queues: shown } = await world.get<{ queues: { name: string; counts: Record<string, number> }[] }>(
      '/admin/queues/api/queues?activeQueue=chats&status=waiting&page=1&jobsPerPage=10',
      operator,
    );
    expect(shown.map((q) => q.name).sort()).toEqual(['chats', 'lessons', 'operations']);
    expect(shown.find((q) => q.name === 'chats')).toMatchObject({ counts: { waiting: 1 } });
    expect((await world.request('/admin/queues/api/redis/stats', { token: operator })).status).toBe(200);
  });

  test('its page and all it loads come from here, without inline script', async () => {
    for (const path of ['/admin/queues', '/admin/queues/queue/chats']) {
      const response = await world.request(path, { token: operator });
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
      const page = await response.text();
      expect(response.headers.get('content-security-policy')).toContain("base-uri 'none'");
      expect(page).not.toMatch(/https?:\/\//);
      const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)([^>]*)>/g)].map(
        ([, attributes]) => attributes,
      );
      expect(inline).toEqual([' id="__UI_CONFIG__" type="application/json"']);
      const loaded = [...page.matchAll(/(?:src|href)="([^"]*static\/[^"]+)"/g)].map(
        ([, address]) => address!,
      );
      expect(loaded.length).toBeGreaterThan(3);
      for (const address of loaded) {
        expect(address).toMatch(/^\/admin\/queues\//);
        expect((await world.request(address, { token: operator })).status).toBe(200);
      }
    }
  });

  test('is not there for an operator of one school: a queue holds every school’s work', async () => {
    const bound = await tokenOf({ role: 'operator', school: 's1' });
    for (const path of [
      '/admin/queues',
      '/admin/queues/',
      '/admin/queues/api/queues',
      '/admin/queues/queue/chats',
    ]) {
      expect((await world.request(path, { token: bound })).status).toBe(403);
    }
  });

  test('answers 405 on each route of its router that is not to look at, pause and resume among them', async () => {
    const changing = world.http.routes.filter(
      ({ method, path }) => path.startsWith('/admin/queues') && !['GET', 'ALL', 'HEAD'].includes(method),
    );
    expect(changing.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/admin/queues/api/queues/pause', '/admin/queues/api/queues/resume']),
    );
    const before = await queues.all[0]!.getJobCounts();
    for (const { method, path } of changing) {
      const answer = await world.request(path.replace(':queueName', 'chats').replace(/:\w+/g, '1'), {
        ...{ method, token: operator, body: '{}', headers: { 'content-type': 'application/json' } },
      });
      expect({ method, path, status: answer.status }).toEqual({ method, path, status: 405 });
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    }
    for (const queue of queues.all) expect(await queue.isPaused()).toBe(false);
    expect(await queues.all[0]!.getJobCounts()).toEqual(before);
  });

  test('changes nothing: 405 for an operator, 403 from another site’s page', async () => {
    const add = (headers: Record<string, string>, token?: string) =>
      world.request('/admin/queues/api/queues/chats/add', {
        method: 'POST',
        headers,
        body: JSON.stringify({ name: 'forged', data: {}, options: {} }),
        ...(token ? { token } : {}),
      });
    expect((await add({ 'content-type': 'application/json' }, operator)).status).toBe(405);
    expect(
      (await add({ 'content-type': 'text/plain', origin: 'https://evil.ru', cookie: 'session=1' })).status,
    ).toBe(403);
    expect(await waiting()).toBe(1);
    expect(await queues.all[0]!.isPaused()).toBe(false);
  });
});
