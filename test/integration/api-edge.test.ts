import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ApiWorld,
  addOperation,
  addPeople,
  addSchool,
  createApiWorld,
  tokenOf,
} from '../support/api.ts';

const ZIP_LIMIT_BYTES = 5000;
const JSON_LIMIT_BYTES = 2000;
const CANARY = 'Канарейкина';

let world: ApiWorld;
let service: string;
let operator: string;

beforeAll(async () => {
  world = await createApiWorld({
    env: {
      LIMIT_ROSTER_ZIP_BYTES: String(ZIP_LIMIT_BYTES),
      LIMIT_JSON_BODY_BYTES: String(JSON_LIMIT_BYTES),
      LIMIT_JSON_BODY_TIMEOUT_MS: '500',
      LIMIT_PROBE_TIMEOUT_MS: '500',
      PUBLIC_URL: 'https://chats.school.ru',
    },
    parts: {
      probes: {
        database: async () => undefined,
        queue: () => Promise.reject(new Error('down')),
        clock: () => new Promise(() => undefined),
      },
    },
  });
  await addSchool(world.db, 's1');
  service = await tokenOf({ role: 'service', school: '*' });
  operator = await tokenOf({ role: 'operator', school: '*' });
});
afterAll(() => world[Symbol.asyncDispose]());

type Body = NonNullable<RequestInit['body']>;
const JSON_TYPE = { 'content-type': 'application/json' };
const CONNECTION = { communityId: 5, accessToken: 'vk1.secret', tokenKind: 'user' };

function putSferum(body: Body, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  const stream = body instanceof ReadableStream ? { duplex: 'half' as const } : {};
  return world.request('/v1/schools/s1/sferum', { method: 'PUT', token: operator, body, headers, ...stream });
}

function upload(body: Body, query = '', type = 'application/zip'): Promise<Response> {
  const headers = { 'content-type': type };
  return world.request(`/v1/roster-imports${query}`, { method: 'POST', token: service, body, headers });
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ status: response.status, title: expect.stringMatching(/[а-я]/) });
  return body;
}

/** A body whose length is not told before. */
function chunks(...parts: string[]): ReadableStream {
  return ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)));
}

describe('bodies', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('JSON routes refuse %s with 415', async (type) => {
    const response = await putSferum(JSON.stringify(CONNECTION), { 'content-type': type });
    expect(response.status).toBe(415);
    expect(await problemOf(response)).toMatchObject({ type: 'unsupported-type' });
  });

  test('a missing type is refused with 415 too', async () => {
    const response = await putSferum(chunks(JSON.stringify(CONNECTION)), {});
    expect(response.status).toBe(415);
  });

  test('a roster is a zip', async () => {
    for (const type of ['application/json', 'text/plain', 'application/zipper']) {
      expect((await upload('PK', '', type)).status).toBe(415);
    }
  });

  test('what is no JSON, or of another shape, is 400 and says where; values are not repeated', async () => {
    expect((await putSferum('{"communityId": 5,')).status).toBe(400);
    const response = await putSferum(
      JSON.stringify({ communityId: CANARY, tokenKind: 'none', accessToken: '' }),
    );
    expect(response.status).toBe(400);
    const body = await problemOf(response);
    expect(body).toMatchObject({ type: 'invalid' });
    const fields = (body.errors as { field: string }[]).map((e) => e.field);
    expect(fields.sort()).toEqual(['accessToken', 'communityId', 'tokenKind']);
    expect(JSON.stringify(body)).not.toContain(CANARY);
  });

  test.each([
    [
      'a JSON body',
      () => putSferum(JSON.stringify({ ...CONNECTION, accessToken: 'x'.repeat(JSON_LIMIT_BYTES) })),
    ],
    ['a JSON body of unknown length', () => putSferum(chunks('"', 'x'.repeat(JSON_LIMIT_BYTES), '"'))],
    ['a roster', () => upload('x'.repeat(ZIP_LIMIT_BYTES + 1))],
  ])('#33: %s over its limit is 413', async (_, send) => {
    const response = await send();
    expect(response.status).toBe(413);
    expect(await problemOf(response)).toMatchObject({ type: 'too-large' });
  });

  test('#33: a body that does not arrive is 408', async () => {
    const response = await putSferum(new ReadableStream());
    expect(response.status).toBe(408);
    expect(await problemOf(response)).toMatchObject({ type: 'request-timeout' });
  });

  test('none of these has reached a command', () => {
    expect(world.asked).toEqual([]);
  });

  test('a roster within the limit reaches its command byte for byte', async () => {
    const response = await upload('PK roster', '?takenAt=2026-08-25T10:00:00%2B03:00');
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ operationId: expect.any(String) });
    expect(world.asked.splice(0)).toEqual([
      {
        command: 'importRoster',
        ask: {
          body: new TextEncoder().encode('PK roster'),
          takenAt: new Date('2026-08-25T07:00:00Z'),
          within: '*',
          by: { id: 'someone', kind: 'service' },
        },
      },
    ]);
  });

  test('takenAt is an instant, and not in the future', async () => {
    expect((await upload('PK', '?takenAt=yesterday')).status).toBe(400);
    const tomorrow = new Date(Date.now() + 24 * 3600_000).toISOString();
    expect(await problemOf(await upload('PK', `?takenAt=${tomorrow}`))).toMatchObject({
      type: 'taken-ahead',
    });
    expect(world.asked).toEqual([]);
  });

  test('#16: a NUL in a filter or a path is 400, other odd texts just find nothing', async () => {
    expect((await world.request('/v1/schools/s1/chats?title=%00', { token: operator })).status).toBe(400);
    expect((await world.request('/v1/schools/%00/chats', { token: operator })).status).toBe(400);
    for (const odd of ['%F0%9F%92%A9', '%E2%80%AE', '<b>', "';--", '%25_', '\ud800']) {
      const response = await world.request(`/v1/schools/s1/chats?title=${odd}`, { token: operator });
      expect(await response.json()).toMatchObject({ total: 0 });
    }
  });
});

describe('commands', () => {
  const post = (path: string, body?: object) =>
    world.request(path, {
      method: 'POST',
      token: operator,
      ...(body ? { headers: JSON_TYPE, body: JSON.stringify(body) } : {}),
    });

  test('are asked for a run, once a type; asOf is for dry runs alone', async () => {
    const path = '/v1/schools/s1/initializations';
    expect((await post(path, { types: ['class', 'staff', 'class'], strict: true })).status).toBe(202);
    expect((await post(path, { types: ['class'], dryRun: true, asOf: '2026-09-01' })).status).toBe(202);
    const run = {
      schoolId: 's1',
      by: { id: 'someone', kind: 'operator' },
      types: ['class'],
      dryRun: false,
      strict: false,
      asOf: null,
    };
    expect(world.asked.splice(0).map(({ ask }) => ask)).toEqual([
      { ...run, types: ['class', 'staff'], strict: true },
      { ...run, dryRun: true, asOf: '2026-09-01' },
    ]);
    for (const wrong of [
      { types: [] },
      { types: ['all'] },
      { types: ['class'], asOf: '2026-09-01' },
      { plan: 'x' },
      {},
    ]) {
      expect((await post(path, wrong)).status).toBe(400);
    }
    expect(world.asked).toEqual([]);
  });

  test('decide on a held operation: by chat, or without a body on all of it', async () => {
    const id = await addOperation(world.db, { school_id: 's1', state: 'held' });
    const chat = '11111111-1111-4111-8111-111111111111';
    expect((await post(`/v1/operations/${id}/approve`, { chatIds: [chat] })).status).toBe(200);
    expect((await post(`/v1/operations/${id}/reject`)).status).toBe(200);
    const decided = { schoolId: 's1', operationId: id, by: { id: 'someone', kind: 'operator' } };
    expect(world.asked.splice(0).map(({ ask }) => ask)).toEqual([
      { ...decided, decision: 'approve', chatIds: [chat] },
      { ...decided, decision: 'reject', chatIds: null },
    ]);
    expect((await post(`/v1/operations/${id}/approve`, { chatIds: [] })).status).toBe(400);
  });

  test('save settings: what equals the default is not pinned', async () => {
    const put = (body: object) =>
      world.request('/v1/schools/s1/settings', {
        method: 'PUT',
        token: operator,
        headers: JSON_TYPE,
        body: JSON.stringify(body),
      });
    const shown = await world.get('/v1/schools/s1/settings', operator);
    expect(shown).toEqual({
      timeZone: 'Europe/Moscow',
      earlyEntryMinutes: 0,
      sessionIdleMinutes: 30,
      retentionDays: 180,
      limits: { chatShare: 0.25, chatAtLeast: 5, schoolShare: 0.1, schoolAtLeast: 20 },
    });
    await put(shown);
    await put({ timeZone: 'Asia/Omsk', earlyEntryMinutes: 10, limits: { chatShare: 0.5 } });
    const saved = {
      schoolId: 's1',
      by: { id: 'someone', kind: 'operator' },
      sessionIdleMinutes: null,
      retentionDays: null,
    };
    expect(world.asked.splice(0).map(({ ask }) => ask)).toEqual([
      { ...saved, timeZone: null, earlyEntryMinutes: 0, limits: {} },
      { ...saved, timeZone: 'Asia/Omsk', earlyEntryMinutes: 10, limits: { chatShare: 0.5 } },
    ]);
    expect((await put({ timeZone: 'Mars/Olympus' })).status).toBe(400);
    expect((await put({ limits: { chatShare: 2 } })).status).toBe(400);
  });
});

describe('#27: changes from other sites’ pages', () => {
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

  test('V5, #29: an error of ours tells nothing, neither outside nor in the log', async () => {
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

  test('#32: a database that cannot write is 503, to be tried again', async () => {
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
    expect(text).not.toMatch(/471[12]/);
  });
});

describe('health', () => {
  test('/metrics asks for OPS_TOKEN where it is set, for nothing else that is signed', async () => {
    await using guarded = await createApiWorld({
      env: { OPS_TOKEN: 'a token of the operators, long enough' },
    });
    const status = async (authorization?: string) =>
      (await guarded.request('/metrics', authorization ? { headers: { authorization } } : {})).status;
    expect(await status('Bearer a token of the operators, long enough')).toBe(200);
    for (const wrong of [undefined, 'Bearer ', 'Bearer a token', `Bearer ${operator}`, 'Basic YTpi']) {
      expect(await status(wrong)).toBe(401);
    }
    expect((await guarded.request('/healthz')).status).toBe(200);
  });

  test('/healthz is 200 while the process serves', async () => {
    expect((await world.request('/healthz')).status).toBe(200);
  });

  test('V6: /readyz is 503 and names what fails or hangs, 200 when all answer', async () => {
    const response = await world.request('/readyz');
    expect(response.status).toBe(503);
    const checks = { database: 'ok', queue: 'failed', clock: 'late' };
    expect(await response.json()).toEqual({ status: 'not-ready', checks });
    await using ready = await createApiWorld();
    const answer = await ready.request('/readyz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ready', checks: { database: 'ok' } });
  });
});

describe('the description', () => {
  interface OpenApi {
    openapi: string;
    security: unknown;
    components: { schemas: object; securitySchemes: object };
    paths: Record<string, Record<string, { summary: string; security?: unknown[]; responses: object }>>;
  }

  test('/openapi.json has summary, answers and security of every route, and no dangling reference', async () => {
    const document = (await (await world.request('/openapi.json')).json()) as OpenApi;
    expect(document.openapi).toBe('3.1.0');
    expect(document.security).toEqual([{ sgo: [] }]);
    expect(document.components.securitySchemes).toHaveProperty('sgo');
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const route of Object.values(methods)) {
        expect(route.summary).toMatch(/\w/);
        const open = !path.startsWith('/v1/');
        expect(route.security).toEqual(path === '/metrics' ? [{}, { ops: [] }] : open ? [] : undefined);
        if (!open)
          expect(Object.keys(route.responses)).toEqual(
            expect.arrayContaining(['400', '401', '403', '404', '429']),
          );
      }
    }
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty(name!);
  });

  test('/docs and all it loads come from here, without inline script', async () => {
    const page = await (await world.request('/docs')).text();
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(loaded.length).toBeGreaterThan(2);
    for (const address of loaded) {
      expect(address).toMatch(/^\/docs\//);
      expect((await world.request(address)).status).toBe(200);
    }
    expect((await world.request('/docs/package.json')).status).toBe(404);
  });
});
