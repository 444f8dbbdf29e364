/** Reliability 20: a clock that steps back an hour holds nothing up. */
import { sql } from 'kysely';
import { afterEach, expect, test, vi } from 'vitest';
import { HOUR_MS, systemClock } from '../../src/clock.ts';
import { followClock } from '../../src/outbox/clock-steps.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { postgresPace } from '../../src/store/token-pace.ts';
import { startTestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { startHalves } from '../support/halves.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';
import { use } from '../support/use.ts';

const PROMPT_MS = 15_000;

afterEach(() => void vi.useRealTimers());

test('our own clock steps back in the middle of the work: calls, sweeps and retries go on', async () => {
  let aheadMs = HOUR_MS;
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  const world = use(await startTestApp({ clock }));
  const school = await importSmallSchool(world);
  const work = initializeAll(world, school);
  const { ledger } = world.sandbox.world;
  await vi.waitFor(() => expect(ledger.of('create').length).toBeGreaterThan(2), {
    timeout: 30_000,
    interval: 1,
  });
  aheadMs = 0;
  const steppedAtMs = performance.now();
  expect((await work).state).toBe('succeeded');
  expect(performance.now() - steppedAtMs).toBeLessThan(PROMPT_MS);
  expect(await world.differences([school])).toEqual([]);
});

test('the database’s clock stepped back: what is stored ahead moves back with it, by the step', async () => {
  const halves = use(await startHalves());
  const { ctx } = halves;
  const school = await halves.importSchool();
  await halves.initialize(school, ['staff', 'class']);
  await halves.workAll();
  const ids = await halves.chatIds();
  const renamed = async () => {
    await ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
      await sql`update chat set title = 'А ' || title`.execute(tx);
      await moveGenerations(tx, ids, { cause: 'test', priority: 'event', at: new Date() });
    });
  };
  await renamed();
  const noJobs = { hasten: async () => undefined };
  await followClock(ctx, noJobs);
  // The rows as they would stand an hour later: a pause of 5 min, a mark of the queue, the time of an attempt.
  const db = everywhere(ctx);
  await sql`update setting set value = to_jsonb(clock_timestamp() + interval '1 hour') where key = 'clock'`.execute(
    db,
  );
  await sql`update chat set not_before = clock_timestamp() + interval '1 hour 5 minutes',
    queued_at = clock_timestamp() + interval '1 hour', creation_at = clock_timestamp() + interval '59 minutes'`.execute(
    db,
  );
  await followClock(ctx, noJobs);
  const { rows } = await sql<{ paused: number; age: number; queued: number }>`
    select max(extract(epoch from not_before - clock_timestamp()))::float8 as paused, count(queued_at)::int as queued,
      max(extract(epoch from clock_timestamp() - creation_at))::float8 as age from chat`.execute(db);
  expect(rows[0]).toMatchObject({ queued: 0 });
  expect(rows[0]!.paused).toBeGreaterThan(240);
  expect(rows[0]!.paused).toBeLessThanOrEqual(300);
  expect(rows[0]!.age).toBeGreaterThanOrEqual(59);
  // A second process finds that it is done.
  await followClock(ctx, { hasten: () => Promise.reject(new Error('twice')) });
});

test('a token’s slot and pause that lie ahead by such a step are no longer than they were', async () => {
  const { ctx } = use(await startHalves());
  const pace = postgresPace(ctx.db.ofNone);
  await pace.reserve('token', 300);
  const ahead = () =>
    sql`update sferum_pace set next_slot_at = next_slot_at + interval '1 hour', asked_at = asked_at + interval '1 hour',
      paused_until = paused_until + interval '1 hour' where key = 'token'`.execute(ctx.db.ofNone);
  await ahead();
  const slot = await pace.reserve('token', 300);
  expect(slot.pausedForMs).toBe(0);
  expect(slot.waitMs).toBeLessThanOrEqual(300);
  await pace.pause('token', 20_000, 'test');
  await ahead();
  const paused = await pace.reserve('token', 300);
  expect(paused.pausedForMs).toBeGreaterThan(15_000);
  expect(paused.pausedForMs).toBeLessThanOrEqual(20_000);
});

test('an API whose clock is off says so, as a worker does, until it is set', async () => {
  const { app } = use(await startHalves({ env: { LIMIT_LOST_AFTER_MS: '1000' } }));
  const readiness = async () => (await app.http.request('/readyz')).status;
  await vi.waitFor(async () => expect(await readiness()).toBe(200));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - HOUR_MS });
  await vi.waitFor(async () => expect(await readiness()).toBe(503), { timeout: 5_000 });
  vi.useRealTimers();
  await vi.waitFor(async () => expect(await readiness()).toBe(200), { timeout: 5_000 });
});
