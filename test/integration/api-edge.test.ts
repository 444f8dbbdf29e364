/** Whose changes are accepted, and which headers every answer has. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { problemOf } from '../support/problem-of.ts';
import { addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const CANARY = 'Канарейкина';
const JSON_TYPE = { 'content-type': 'application/json' };

let world: ApiWorld;
let operator: string;

beforeAll(async () => {
  world = await createApiWorld({ env: { PUBLIC_URL: 'https://chats.school.ru' } });
  await addSchool(world.db, 's1');
  operator = await tokenOf({ role: 'operator', school: '*' });
});
afterAll(() => world[Symbol.asyncDispose]());

describe('reliability 27: changes from other sites’ pages', () => {
  const path = '/v1/schools/s1/sferum';
  const send = (headers: Record<string, string>, token?: string) =>
    world.request(path, { method: 'PUT', headers, body: '{}', ...(token ? { token } : {}) });

  test.each([
    [{ origin: 'https://evil.ru', 'content-type': 'text/plain' }],
    [{ origin: 'https://evil.ru' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ cookie: 'session=1' }],
    [{ cookie: 'session=1', 'content-type': 'application/json' }],
  ])('%o is 403', async (headers) => {
    expect((await send(headers as never)).status).toBe(403);
  });

  test('from our own pages they pass to the check of who calls', async () => {
    for (const headers of [
      { origin: 'https://chats.school.ru', cookie: 'session=1' },
      { 'sec-fetch-site': 'same-origin', cookie: 'session=1' },
      {},
    ]) {
      expect((await send(headers as never)).status).toBe(401);
    }
  });

  test('a Bearer needs no such check', async () => {
    expect((await send({ origin: 'https://sgo.ru', ...JSON_TYPE }, operator)).status).toBe(400);
  });
});

describe('what goes out', () => {
  test('carries the headers that keep a page to our own host', async () => {
    for (const path of ['/healthz', '/docs', '/v1/nothing', '/nothing']) {
      const { headers } = await world.request(path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });

  test('an unknown path is a 404 problem', async () => {
    expect(await problemOf(await world.request('/nothing'))).toMatchObject({
      status: 404,
      type: 'not-found',
    });
  });

  test('V5, reliability 29: an error of ours tells nothing, neither outside nor in the log', async () => {
    await using broken = await createApiWorld({
      commands: {
        saveSettings: () =>
          Promise.reject(Object.assign(new Error(CANARY), { code: '23505', detail: CANARY })),
      },
    });
    await addSchool(broken.db, 's1');
    await addPeople(broken.db, 's1', [{ id: 'p', name: `${CANARY} Анна`, roles: ['parent'] }]);
    const people = `/v1/schools/s1/people?lastName=${encodeURIComponent(CANARY)}`;
    expect(await broken.get(people, operator)).toMatchObject({ total: 1 });
    const response = await broken.request('/v1/schools/s1/settings', {
      method: 'PUT',
      token: operator,
      headers: JSON_TYPE,
      body: '{}',
    });
    expect(response.status).toBe(500);
    expect(await problemOf(response)).toEqual({ type: 'internal', title: 'Внутренняя ошибка', status: 500 });
    const { body } = await broken.ctx.metrics.render();
    const told = broken.logged.join('') + body;
    expect(broken.logged.some((line) => line.includes('23505'))).toBe(true);
    expect(told).not.toContain(CANARY);
    expect(decodeURIComponent(told.replaceAll('%', '%25'))).not.toContain(encodeURIComponent(CANARY));
    expect(told).not.toContain(operator);
  });

  test('reliability 32: a database that cannot write is 503, to be tried again', async () => {
    await using readOnly = await createApiWorld({
      commands: {
        saveSettings: () => Promise.reject(Object.assign(new Error('read-only'), { code: '25006' })),
      },
    });
    await addSchool(readOnly.db, 's1');
    const response = await readOnly.request('/v1/schools/s1/settings', {
      method: 'PUT',
      token: operator,
      headers: JSON_TYPE,
      body: '{}',
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  test('figures count requests by route, never by what callers make up', async () => {
    await world.request('/v1/schools/s1/chats', { token: operator });
    await world.request('/made/up/4711');
    await world.request('/v1/made-up-4712', { token: operator });
    const metrics = await world.request('/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    const text = await metrics.text();
    expect(text).toContain('route="/v1/schools/:schoolId/chats"');
    expect(text).toContain('route="none"');
    // A figure may hold these digits by chance; a label may not.
    expect(text.match(/\{[^}]*471[12][^}]*\}/g)).toBeNull();
  });
});
