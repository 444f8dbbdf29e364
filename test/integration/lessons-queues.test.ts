/** A lesson's jobs on either backend of the queue. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestApp } from '../support/app.ts';
import {
  ENDS_AT,
  type LessonWorld,
  MORNING,
  movableClock,
  STARTS_AT,
  withLesson,
} from '../support/lesson-world.ts';
import { backends, startRedis } from '../support/redis.ts';

const WAITING = { timeout: 30_000, interval: 20 };

describe.each(backends())('the queue on %s', (backend) => {
  let world: LessonWorld;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;

  beforeEach(async () => {
    redis = backend === 'redis' ? await startRedis() : undefined;
    const clock = movableClock(MORNING);
    // A kept world has no queue in Redis.
    world = await withLesson(
      await startTestApp({ env: redis ? { REDIS_URL: redis.url } : {}, clock }),
      clock,
    );
    world.clock.moveTo('2026-10-01T12:47:00Z');
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  const queue = () => world.app.queues.all.find(({ name }) => name === 'lessons')!;
  /** The jobs of the paused queue, which PostgreSQL counts apart. */
  const given = async () => {
    const counts = await queue().getJobCounts('waiting', 'paused' as 'waiting');
    return Object.values(counts).reduce((total, count) => total + count, 0);
  };

  test('I8: the call is there ahead, and ended when the lesson is over', async () => {
    await world.create();
    world.clock.moveTo('2026-10-01T12:48:01Z');
    await world.ready();
    world.clock.moveTo(STARTS_AT);
    expect(await world.enter()).toBe(world.running().join());
    world.clock.moveTo(ENDS_AT);
    await world.runs(0);
  });

  test('reliability 8: wiped before the lesson, it is given the job again by the sweep', async () => {
    await queue().pause();
    await world.create();
    await vi.waitFor(async () => expect(await given()).toBe(1), WAITING);
    await queue().drain();
    await queue().resume();
    world.clock.moveTo(STARTS_AT);
    await world.ready();
    expect(await world.enter()).toBe(world.running().join());
  });
});
