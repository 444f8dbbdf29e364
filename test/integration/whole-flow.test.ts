import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { lookedAt, startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { backends, startRedis } from '../support/redis.ts';
import { type TokenClaims, tokenOf } from '../support/tokens.ts';

/** Slower than VK's own pace, so that a busy machine too has a request's worth of calls ready at each slot. */
const REQUESTS_PER_SECOND = 1;
const ALL_TYPES = ['staff', 'class', 'parents', 'subject'];
const TODAY = '2026-11-23';
const operator: TokenClaims = { role: 'operator', school: '*', sub: 'operator' };

/** The numbers of the sandbox's writes so far. */
const writesOf = (world: TestApp) => world.sandbox.api.stats.writes;

async function importSchool(world: TestApp): Promise<string> {
  const zip = await zipRoster(makeSchool({ seed: 7, size: 'small', today: TODAY }).files);
  const response = await world.app.http.request('/v1/roster-imports', {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenOf(operator)}`, 'content-type': 'application/zip' },
    body: zip as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(202);
  const { operationId } = (await response.json()) as { operationId: string };
  expect((await world.ended(operationId)).state).toBe('succeeded');
  const { rows } = await sql<{ id: string }>`select id from school`.execute(everywhere(world.ctx));
  return rows[0]!.id;
}

async function begin(world: TestApp, school: string, body: Record<string, unknown>): Promise<string> {
  const response = await world.call('POST', `/v1/schools/${school}/initializations`, operator, body);
  const answer = (await response.json()) as Record<string, unknown>;
  expect({ status: response.status, answer }).toMatchObject({ status: 202 });
  return answer.operationId as string;
}

const initialize = async (world: TestApp, school: string, body: Record<string, unknown>) =>
  world.ended(await begin(world, school, body));

/** Gives what the API says about an operation's progress until it ends, each figure once. */
async function progressOf(world: TestApp, id: string): Promise<string[]> {
  const seen: string[] = [];
  await vi.waitFor(
    async () => {
      const response = await world.request(`/v1/operations/${id}`, { as: operator });
      const { state, progress } = (await response.json()) as {
        state: string;
        progress: { done: number; total: number };
      };
      const figure = `${progress.done} of ${progress.total}`;
      if (seen.at(-1) !== figure) seen.push(figure);
      expect(state).toBe('succeeded');
    },
    { timeout: 40_000, interval: 20 },
  );
  return seen;
}

describe.each(backends())('from a roster to its chats, the queue on %s', (backend) => {
  let world: TestApp;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  let school: string;

  beforeAll(async () => {
    redis = backend === 'redis' ? await startRedis() : undefined;
    world = await startTestApp({
      env: redis ? { REDIS_URL: redis.url } : {},
      sandbox: { paceUserPerSecond: REQUESTS_PER_SECOND },
      // The test counts requests, so they fill up as they do at VK.
      vkLimits: {},
    });
    // A busy machine delivers requests unevenly, which is no fault of their sender: VK allows one more in a second.
    // vk-batching.test.ts holds their distance by a clock of its own.
    world.sandbox.api.pace.perSecond.user += 1;
    school = await importSchool(world);
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  test('D0: an import alone changes facts and nothing at Sferum', () => {
    expect(world.sandbox.world.chats.size).toBe(0);
  });

  test('F3, J7: a dry run creates nothing, and its plan is what the apply then does, call by call', async () => {
    const dryRun = await initialize(world, school, { types: ALL_TYPES, dryRun: true });
    expect(dryRun.state).toBe('succeeded');
    expect(writesOf(world)).toBe(0);
    const { rows } = await sql<{ n: string }>`select count(*) as n from chat`.execute(everywhere(world.ctx));
    expect(Number(rows[0]!.n)).toBe(0);

    const applying = await begin(world, school, { plan: dryRun.id });
    const seen = await progressOf(world, applying);
    const applied = await world.ended(applying);
    expect(applied.state).toBe('succeeded');
    const { created } = (dryRun.result as { chats: { created: number } }).chats;
    expect(seen.at(-1)).toBe(`${created} of ${created}`);
    expect(seen.length).toBeGreaterThan(3);
    const planned = dryRun.result as { estimate: { apiCalls: number }; chats: { created: number } };
    expect(applied.result).toMatchObject({
      chats: planned.chats,
      members: (dryRun.result as Record<string, unknown>).members,
      admins: (dryRun.result as Record<string, unknown>).admins,
      apiCalls: planned.estimate.apiCalls,
    });
    const made = world.sandbox.world.ledger.of('create').length;
    expect(made).toBe(planned.chats.created);
  });

  test('the sandbox holds exactly the desired state', async () => {
    expect(await world.differences([school])).toEqual([]);
    expect(world.sandbox.world.chats.size).toBeGreaterThan(10);
  });

  test('writes are as few as can be, and packed', () => {
    const stats = world.ctx.gateway.stats();
    const { world: sandboxWorld } = world.sandbox;
    const least = sandboxWorld.chats.size + sandboxWorld.ledger.of('promote').length;
    expect(stats.writeCalls).toBe(least);
    expect(stats.requestsWithWrites).toBeLessThanOrEqual(Math.ceil(1.15 * Math.ceil(least / 25)));
    expect(stats.tooFast).toBe(0);
  });

  test('a second initialisation writes nothing and reads each chat once, 25 to a request, and titles, 100 to a call', async () => {
    await lookedAt(world);
    // A look at what people do in the messenger does not belong to the initialisation.
    await sql`update sferum_account set look_due_at = 'infinity'`.execute(everywhere(world.ctx));
    await vi.waitFor(async () => expect(await world.app.queues.unfinished('operations')).toBe(0), 20_000);
    const before = { ...world.ctx.gateway.stats() };
    const again = await initialize(world, school, { types: ALL_TYPES });
    expect(again).toMatchObject({ state: 'succeeded', result: { chats: { created: 0, renamed: 0 } } });
    const stats = world.ctx.gateway.stats();
    const chats = world.sandbox.world.chats.size;
    expect(stats.writeCalls - before.writeCalls).toBe(0);
    const titles = Math.ceil(chats / 100);
    expect(stats.calls - before.calls).toBe(chats + titles);
    expect(stats.requests - before.requests).toBe(Math.ceil(chats / 25) + titles);
  });

  test('D8: strangers go and the missing come back at the next initialisation', async () => {
    const [chat] = [...world.sandbox.world.chats.values()].filter((c) => c.members.size > 5);
    const [missing] = [...chat!.members.keys()].filter((id) => id !== chat!.ownerId);
    world.sandbox.world.join(chat!.id, 999_000_111);
    world.sandbox.world.kick(chat!.id, missing!);
    const mended = await initialize(world, school, { types: ALL_TYPES });
    expect(mended.result).toMatchObject({ members: { added: 1, removed: 1 } });
    expect(await world.differences([school])).toEqual([]);
  });

  test('F3: a plan is refused as out of date once the world has moved', async () => {
    const dryRun = await initialize(world, school, { types: ALL_TYPES, dryRun: true });
    await sql`update school set revision = revision + 1 where id = ${school}`.execute(everywhere(world.ctx));
    const path = `/v1/schools/${school}/initializations`;
    const response = await world.call('POST', path, operator, { plan: dryRun.id });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ type: expect.stringContaining('plan-stale') });
  });

  test('F3: a plan is applied once, and not after a later one, though nothing was left to change', async () => {
    const [older, later] = [
      await initialize(world, school, { types: ['class'], dryRun: true }),
      await initialize(world, school, { types: ['class'], dryRun: true }),
    ];
    expect((await initialize(world, school, { plan: later.id })).state).toBe('succeeded');
    for (const { id } of [later, older]) {
      const response = await world.call('POST', `/v1/schools/${school}/initializations`, operator, {
        plan: id,
      });
      expect({ id, status: response.status, body: await response.json() }).toMatchObject({
        status: 409,
        body: { type: 'plan-stale' },
      });
    }
  });

  test('reliability 8: a wiped queue loses nothing', async () => {
    const [chat] = [...world.sandbox.world.chats.values()].filter((c) => c.members.size > 3);
    const { rows } = await sql<{ id: string }>`
      update chat set generation = generation + 1, queued_at = now() - interval '2 minutes', title = title || ' (новое имя)'
      where peer_id in (select peer_id from chat) and sferum_title = ${chat!.title} returning id`.execute(
      everywhere(world.ctx),
    );
    expect(rows).toHaveLength(1);
    for (const queue of world.app.queues.all) await queue.obliterate({ force: true });
    await world.settled();
    expect(chat!.title).toMatch(/новое имя/);
  });
});
