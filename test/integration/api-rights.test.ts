import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TOKEN_ROLES } from '../../src/caller.ts';
import { Refusal } from '../../src/refusal.ts';
import { ALLOWED, BODIES } from '../support/allowed-routes.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { addChat, addOperation, addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

/** Calls that carry a roster. */
const ROSTERS: ReadonlySet<string> = new Set(['POST /v1/roster-imports', 'POST /v1/roster-validations']);

const ROUTES = Object.keys(ALLOWED);

let world: ApiWorld;
const ids = { chats: { s1: '', s2: '' }, operations: { s1: '', s2: '' } };

beforeAll(async () => {
  // Every route is tried with invalid tokens.
  world = await createApiWorld({
    env: {
      LIMIT_SUBJECT_FAILED_SIGN_INS_PER_MINUTE: '100000',
      LIMIT_ADDRESS_FAILED_SIGN_INS_PER_MINUTE: '100000',
    },
  });
  for (const school of ['s1', 's2'] as const) {
    await addSchool(world.db, school);
    await addPeople(world.db, school, [
      { id: 'someone', name: 'Учитель Анна Ивановна', roles: ['teacher', 'administrator'] },
    ]);
    ids.chats[school] = await addChat(world.db, school, {
      type: 'staff',
      title: 'Учительская',
      members: { someone: true },
    });
    ids.operations[school] = await addOperation(world.db, { school_id: school, state: 'succeeded' });
  }
});
afterEach(() => {
  world.asked.length = 0;
});
afterAll(() => world[Symbol.asyncDispose]());

/** Calls a route with ids of things in `school`. */
function call(route: string, school: 's1' | 's2', token?: string): Promise<Response> {
  const [method, pattern] = route.split(' ') as [string, string];
  const id = pattern.includes('/chats/') ? ids.chats[school] : ids.operations[school];
  // What is the caller's own has no id, and a lesson's id is its school's. For these the query names another school.
  const query = /^\/v1\/(me|lessons|sessions|decisions|readiness|pauses|schools$|webhooks$)/.test(pattern)
    ? `?school=${school}`
    : '';
  const path = pattern.replace('{schoolId}', school).replace('{id}', id) + query;
  const body = ROSTERS.has(route)
    ? { body: 'PK', headers: { 'content-type': 'application/zip' } }
    : BODIES[route] === undefined
      ? {}
      : { body: JSON.stringify(BODIES[route]), headers: { 'content-type': 'application/json' } };
  return world.request(path, { method, ...body, ...(token === undefined ? {} : { token }) });
}

async function expectProblem(response: Response, status: number, type?: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({
    status,
    type: type ?? expect.any(String),
    title: expect.stringMatching(/[а-я]/),
  });
}

test('every route of /openapi.json under /v1 is in this table, and the other way round', async () => {
  const document = (await (await world.request('/openapi.json')).json()) as { paths: Record<string, object> };
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    path.startsWith('/v1/') ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`) : [],
  );
  expect(described.sort()).toEqual([...ROUTES].sort());
});

describe.each(ROUTES)('%s', (route) => {
  test('reliability 26: is 401 without a token that holds', async () => {
    const claims = { role: ALLOWED[route]![0]!, school: 's1' };
    const bad = [
      undefined,
      'no-token-at-all',
      await tokenOf(claims, { secret: 'another secret that is also long enough' }),
      await tokenOf(claims, { alg: 'HS384' }),
      unsigned(claims),
      await tokenOf(claims, { iss: 'somebody' }),
      await tokenOf(claims, { aud: 'something' }),
      await tokenOf(claims, { exp: -1 }),
      await tokenOf(claims, { exp: null }),
      await tokenOf({ ...claims, role: 'root' as never }),
      await tokenOf({ ...claims, sub: '' }),
    ];
    for (const token of bad) {
      const response = await call(route, 's1', token);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      await expectProblem(response, 401);
    }
    expect(world.asked).toEqual([]);
  });

  test('is 403 for every role but those of the contract, and never 401 or 403 for these', async () => {
    for (const role of TOKEN_ROLES) {
      const response = await call(route, 's1', await tokenOf({ role, school: 's1' }));
      if (!ALLOWED[route]!.includes(role)) await expectProblem(response, 403);
      else {
        expect([401, 403]).not.toContain(response.status);
        expect(response.status).toBeLessThan(500);
        await response.body?.cancel();
      }
    }
  });

  test('reliability 12, V4: is 404 for the things of another school, and does nothing', async () => {
    if (ROSTERS.has(route)) return expectRosterStaysWithin(route);
    for (const role of ALLOWED[route]!) {
      await expectProblem(await call(route, 's2', await tokenOf({ role, school: 's1' })), 404);
    }
    expect(world.asked).toEqual([]);
  });
});

/** A roster names no school in its path. Which schools it may touch depends on the caller. */
async function expectRosterStaysWithin(route: string): Promise<void> {
  await call(route, 's1', await tokenOf({ role: 'service', school: 's1' }));
  await call(route, 's1', await tokenOf({ role: 'service', school: '*' }));
  expect(world.asked.map(({ ask }) => ask.within)).toEqual(['s1', '*']);
  const response = await world.request(`${route.replace('POST ', '')}?school=s2`, {
    method: 'POST',
    token: await tokenOf({ role: 'service', school: 's1' }),
    body: 'PK',
    headers: { 'content-type': 'application/zip' },
  });
  await expectProblem(response, 404);
}

describe('a token for all schools', () => {
  test('names the school of a chat by ?school=, and another school’s chat stays 404', async () => {
    const token = await tokenOf({ role: 'operator', school: '*' });
    await expectProblem(await world.request(`/v1/chats/${ids.chats.s1}`, { token }), 400, 'school-missing');
    await expectProblem(await world.request(`/v1/chats/${ids.chats.s1}?school=s2`, { token }), 404);
    const chat = await world.get(`/v1/chats/${ids.chats.s1}?school=s1`, token);
    expect(chat).toMatchObject({ id: ids.chats.s1, title: 'Учительская' });
  });

  test('sees an operation of several schools, which a school’s token does not', async () => {
    const id = await addOperation(world.db, { kind: 'roster-import', state: 'succeeded' });
    const all = await world.get(`/v1/operations/${id}`, await tokenOf({ role: 'service', school: '*' }));
    expect(all).toMatchObject({ id, schoolId: null, kind: 'roster-import' });
    const token = await tokenOf({ role: 'service', school: 's1' });
    await expectProblem(await world.request(`/v1/operations/${id}`, { token }), 404);
  });

  test('is not for people: their ids are a school’s', async () => {
    for (const role of ['school-admin', 'staff', 'student', 'parent'] as const) {
      await expectProblem(
        await call('GET /v1/schools/{schoolId}/chats', 's1', await tokenOf({ role, school: '*' })),
        401,
      );
    }
  });
});

describe('staff', () => {
  test('have no rights once the roster has them no more, whatever the token says', async () => {
    const token = await tokenOf({ role: 'staff', school: 's1', sub: 'dismissed' });
    await expectProblem(await world.request('/v1/schools/s1/chats', { token }), 403);
    await addPeople(world.db, 's1', [{ id: 'dismissed', name: 'Бывший Пётр Петрович', roles: ['teacher'] }]);
    expect((await world.request('/v1/schools/s1/chats', { token })).status).toBe(200);
  });

  test('see operations of their own alone', async () => {
    const token = await tokenOf({ role: 'staff', school: 's1', sub: 'someone' });
    const others = await addOperation(world.db, { school_id: 's1', created_by: 'another' });
    expect((await world.request(`/v1/operations/${ids.operations.s1}`, { token })).status).toBe(200);
    await expectProblem(await world.request(`/v1/operations/${others}`, { token }), 404);
    const namesake = await addOperation(world.db, { school_id: 's1', created_by_kind: 'operator' });
    await expectProblem(await world.request(`/v1/operations/${namesake}`, { token }), 404);
  });

  test('are refused (403) a chat of their school that they are not in', async () => {
    const other = await addChat(world.db, 's1', { type: 'class', title: '5А класс' });
    const token = await tokenOf({ role: 'staff', school: 's1', sub: 'someone' });
    await expectProblem(await world.request(`/v1/chats/${other}`, { token }), 403);
    await expectProblem(await world.request(`/v1/chats/${other}/members`, { token }), 403);
    await expectProblem(await world.request(`/v1/schools/s1/people?chatId=${other}`, { token }), 403);
  });
});

test('a school that the roster does not have is 404, as is an id that is none', async () => {
  const token = await tokenOf({ role: 'operator', school: '*' });
  for (const path of [
    '/v1/schools/nowhere/chats',
    '/v1/schools/nowhere/settings',
    `/v1/operations/${randomUUID()}`,
    '/v1/operations/17',
    '/v1/chats/17?school=s1',
  ]) {
    await expectProblem(await world.request(path, { token }), 404);
  }
});

test('a refusal of a command is told as it is', async () => {
  await using refusing = await createApiWorld({
    commands: {
      initialize: async () => {
        throw new Refusal(409, 'plan-stale', 'План устарел', { revision: 7 });
      },
    },
  });
  await addSchool(refusing.db, 's1');
  const response = await refusing.request('/v1/schools/s1/initializations', {
    method: 'POST',
    token: await tokenOf({ role: 'service', school: 's1' }),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ plan: randomUUID() }),
  });
  expect(response.status).toBe(409);
  expect(await response.json()).toEqual({
    type: 'plan-stale',
    title: 'План устарел',
    status: 409,
    revision: 7,
  });
});

/** An unsigned token, as libraries once accepted. */
function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return `${part({ alg: 'none' })}.${part({ ...claims, sub: 'x', iss: 'sgo', aud: 'sferum-sync', exp })}.`;
}
