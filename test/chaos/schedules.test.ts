/**
 * Seeded schedules: some twenty acts and faults on a small school, after which everything is healed and must
 * converge – Sferum is what the rules give from the facts, no accepted event is lost, no chat is doubled, nobody is
 * in a wrong chat. On both backends.
 *
 * SCHEDULE_SEED repeats one, with SCHEDULE_STEPS (indices separated by commas) only some of its steps. SCHEDULES says
 * how many run, from that seed on.
 */
import { afterAll, describe, test } from 'vitest';
import { seedFrom } from '../support/random.ts';
import { backends, startRedis } from '../support/redis.ts';
import { runSchedule } from '../support/schedules/run-schedule.ts';
import { type Schedule, scheduleOf } from '../support/schedules/schedule.ts';

const COUNT = Number(process.env.SCHEDULES ?? (process.env.SCHEDULE_SEED ? 1 : 4));
const FIRST_SEED = seedFrom('SCHEDULE_SEED');
const LONGEST_MS = 240_000;
const COUNTS = ['lost', 'unexpected', 'duplicated', 'recovered'] as const;

function chosen(seed: number): Schedule {
  const schedule = scheduleOf(seed);
  const only = process.env.SCHEDULE_STEPS?.split(',').map(Number);
  return only ? { ...schedule, steps: schedule.steps.filter((_, at) => only.includes(at)) } : schedule;
}

describe.each(backends())('V1–V3 on %s', (backend) => {
  const total = { run: 0, lost: 0, unexpected: 0, duplicated: 0, recovered: 0 };
  afterAll(() => console.log(`${backend}: ${JSON.stringify(total)}`));

  test.concurrent.for(Array.from({ length: COUNT }, (_, at) => FIRST_SEED + at))(
    'schedule %i converges',
    { timeout: LONGEST_MS },
    async (seed, { expect }) => {
      await using redis = backend === 'redis' ? await startRedis() : null;
      const { words, trail, convergedInMs, ...counts } = await runSchedule(chosen(seed), redis?.url);
      total.run += 1;
      for (const name of COUNTS) total[name] += counts[name];
      console.log(
        `${backend} ${seed}: ${JSON.stringify(counts)} in ${Math.round(convergedInMs)} ms`,
        ...words,
      );
      expect(words, trail.join('\n')).toEqual([]);
    },
  );
});
