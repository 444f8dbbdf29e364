import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiWorld } from '../support/api.ts';
import { entryPath } from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { STARTS_AT, startLessonWorld } from '../support/lesson-world.ts';
import { bearer, createRatedWorld, forged, from, PAGE, PUPILS, pupil } from '../support/rates-world.ts';
import { backends, startRedis } from '../support/redis.ts';
import { addPeople, enroll } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const POLL = { timeout: 10_000 };

describe.each(backends())('failed sign-ins, %s', (backend) => {
  let world: ApiWorld;
  let redis: Awaited<ReturnType<typeof startRedis>> | null = null;
  beforeAll(async () => {
    redis = backend === 'redis' ? await startRedis() : null;
    world = await createRatedWorld(redis ? { REDIS_URL: redis.url } : {});
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  test('twenty in one name are 401, the next is 429 with Retry-After; one that holds passes all the same', async () => {
    const token = await forged('victim');
    for (let n = 0; n < 20; n += 1) {
      expect((await from(world, '10.0.0.1', '/v1/me', bearer(token))).status).toBe(401);
    }
    const answer = await from(world, '10.0.0.2', '/v1/me', bearer(token));
    expect(answer.status).toBe(429);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(await answer.json()).toMatchObject({ type: 'too-many-requests', status: 429 });
    const true_ = await tokenOf({ role: 'operator', school: 's1', sub: 'victim' });
    expect((await from(world, '10.0.0.1', '/v1/schools/s1/settings', bearer(true_))).status).toBe(200);
  });

  test('three hundred from one address are 401, the next is 429, with a page for people; other addresses go on', async () => {
    for (let n = 0; n < 300; n += 1) {
      const path = `/sso?token=${await forged(`guess-${n}`)}`;
      expect((await from(world, '10.1.0.1', path, PAGE)).status).toBe(401);
    }
    const path = `/sso?token=${await forged('guess-300')}`;
    const answer = await from(world, '10.1.0.1', path, PAGE);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.text()).toContain('Слишком много запросов');
    expect((await from(world, '10.1.0.2', path, PAGE)).status).toBe(401);
  });
});

test('two processes count failed sign-ins together where there is Redis; without it each goes on alone', async () => {
  if (!backends().includes('redis')) return;
  const redis = await startRedis();
  await using one = await createRatedWorld({ REDIS_URL: redis.url });
  await using two = await createRatedWorld({ REDIS_URL: redis.url });
  const token = await forged('everywhere');
  const ask = (world: ApiWorld) => from(world, '10.0.0.1', '/v1/me', bearer(token));
  for (let n = 0; n < 20; n += 1) await ask(n % 2 ? one : two);
  expect([(await ask(one)).status, (await ask(two)).status]).toEqual([429, 429]);
  await redis[Symbol.asyncDispose]();
  expect((await ask(one)).status).toBe(401);
  const holds = await tokenOf({ role: 'operator', school: 's1', sub: 'o' });
  expect((await one.request('/v1/schools/s1/settings', { token: holds })).status).toBe(200);
});

test('two processes count a person’s requests together where there is Redis', async () => {
  if (!backends().includes('redis')) return;
  await using redis = await startRedis();
  const env = { REDIS_URL: redis.url, LIMIT_PERSON_REQUESTS_PER_SECOND: '5' };
  await using one = await createRatedWorld(env);
  await using two = await createRatedWorld(env);
  // Neither process is asked more than four times for one person. A slow machine may spread these over two seconds;
  // then the test tries once more.
  await expect
    .poll(async () => {
      const token = await tokenOf({ role: 'operator', school: 's1', sub: randomUUID() });
      const ask = async (world: ApiWorld) => (await world.request('/v1/nothing', { token })).status;
      await Promise.all([one, one, one, one].map(ask));
      return [await ask(two), await ask(two), await ask(two), await ask(two)];
    }, POLL)
    .toContain(429);
});

describe('at a lesson’s start a whole school is one address', () => {
  test('three hundred pupils sign in within a minute', async () => {
    await using world = await createRatedWorld({ LIMIT_PERSON_REQUESTS_PER_SECOND: '50' });
    for (let n = 0; n < PUPILS; n += 1) {
      const path = await entryPath({ role: 'student', school: 's1', sub: pupil(n) }, '/diary');
      const entered = await from(world, '10.0.0.1', path, PAGE);
      expect(entered.status).toBe(303);
      const cookie = entered.headers.get('set-cookie')!.split(';', 1)[0]!;
      expect((await from(world, '10.0.0.1', '/diary', { ...PAGE, cookie })).status).toBe(200);
    }
  });

  test('three hundred pupils are led into their call', async () => {
    await using world = await startLessonWorld({ env: { LIMIT_PERSON_REQUESTS_PER_SECOND: '50' } });
    const { db } = world.ctx;
    const ids = Array.from({ length: PUPILS }, (_, n) => pupil(n));
    await addPeople(
      db,
      's1',
      ids.map((id) => ({ id, name: 'Ученик Пётр', roles: ['student'] })),
    );
    await enroll(db, 's1', 'group', 'geo5a', ids);
    await world.create();
    world.clock.moveTo(STARTS_AT);
    await world.ready();
    for (const sub of ids) {
      const token = await tokenOf({ role: 'student', school: 's1', sub }, {}, world.clock.now());
      const answer = await from(world.app, '10.0.0.1', '/v1/lessons/geo/meeting/join', bearer(token));
      expect([answer.status, answer.headers.get('location')]).toEqual([302, expect.stringContaining('http')]);
    }
  });
});

test('fifty requests of a person in a second pass, the next do not; СГО is not counted', async () => {
  await using world = await createRatedWorld({ LIMIT_PERSON_REQUESTS_PER_SECOND: '5' });
  const statuses = async (token: string) =>
    Promise.all(
      Array.from({ length: 12 }, async () => (await world.request('/v1/nothing', { token })).status),
    );
  const person = await statuses(await tokenOf({ role: 'operator', school: 's1', sub: 'o' }));
  expect(person.filter((status) => status === 404).length).toBeGreaterThanOrEqual(5);
  expect(person).toContain(429);
  expect(await statuses(await tokenOf({ role: 'service', school: 's1', sub: 'sgo' }))).not.toContain(429);
  const line = world.logged.map((text) => JSON.parse(text)).find((entry) => entry.msg === 'denied');
  expect(line).toMatchObject({ subject: 'o', role: 'operator', schoolId: 's1', reason: 'too-many-requests' });
});

test('a person begins ten linkings an hour', async () => {
  await using world = await createRatedWorld();
  const begin = async (n: number) =>
    (
      await world.request('/v1/me/profile', {
        ...{ method: 'POST', token: await tokenOf({ role: 'student', school: 's1', sub: pupil(n) }) },
      })
    ).status;
  for (let n = 0; n < 10; n += 1) expect(await begin(0)).toBe(200);
  expect(await begin(0)).toBe(429);
  expect(await begin(1)).toBe(200);
});

test('guessed sessions are failed sign-ins of their address; one that has ended by itself is none', async () => {
  await using world = await createRatedWorld({ LIMIT_ADDRESS_FAILED_SIGN_INS_PER_MINUTE: '3' });
  const asks = async (path: string, cookie: string) =>
    (await from(world, '10.0.0.1', path, { ...PAGE, cookie })).status;
  const entered = await world.request(await entryPath({ role: 'student', school: 's1', sub: pupil(0) }, '/'));
  const cookie = entered.headers.get('set-cookie')!.split(';', 1)[0]!;
  await sql`update console_session set used_at = now() - interval '1 hour'`.execute(everywhere(world));
  for (let n = 0; n < 5; n += 1) expect(await asks('/', cookie)).toBe(401);
  for (const path of ['/', '/v1/me', '/admin/queues']) expect(await asks(path, 'session=guess')).toBe(401);
  for (const path of ['/', '/v1/me', '/admin/queues']) expect(await asks(path, 'session=guess')).toBe(429);
  expect(await asks('/', cookie)).toBe(401);
  expect((await world.request('/', { headers: { ...PAGE, cookie: 'session=guess' } })).status).toBe(401);
});

test('an address beyond its rate makes no more names to be remembered', async () => {
  await using world = await createRatedWorld({ LIMIT_ADDRESS_FAILED_SIGN_INS_PER_MINUTE: '3' });
  const victim = bearer(await forged('victim'));
  for (let n = 0; n < 30; n += 1) await from(world, '10.0.0.1', '/v1/me', victim);
  expect((await from(world, '10.0.0.2', '/v1/me', victim)).status).toBe(401);
});
