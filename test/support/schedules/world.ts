/** The world of one schedule: a tiny school in a product whose workers die, and a clock that is the schedule's. */
import { type Clock, systemClock } from '../../../src/clock.ts';
import { followOperation } from '../../../src/demo/follow.ts';
import { zipRoster } from '../../../src/demo/school/zip-roster.ts';
import { connectSandboxSchools } from '../../../src/operations/connect-sandbox.ts';
import { type Halves, startHalves } from '../halves.ts';
import type { RosterFiles } from '../roster-files.ts';
import { type MortalWorker, startWorkerHere, startWorkerProcess } from './mortal-worker.ts';
import { TINY_SCHOOL, tinyFiles, tinyRoster } from './tiny-roster.ts';

/** A request that was given up may take effect so late. */
export const LATE_EFFECT_MS = 1_500;
/** Everything that waits waits as briefly as the limits allow. */
const QUICK = {
  LIMIT_SWEEP_INTERVAL_MS: '100',
  LIMIT_DRIFT_INTERVAL_MS: '1000',
  LIMIT_SFERUM_TIMEOUT_MS: '700',
  LIMIT_CREATION_DEADLINE_MS: '1000',
  LIMIT_JOB_LOCK_MS: '1000',
  LIMIT_SHUTDOWN_MS: '1000',
  LIMIT_LATE_EFFECT_MS: String(LATE_EFFECT_MS),
};
const REQUESTS_PER_SECOND = 200;
const STARTS = 5;

export interface ScheduleWorld extends AsyncDisposable {
  halves: Halves;
  clock: Clock;
  /** Workers live in this process and by this clock. */
  isHere: boolean;
  /** All clocks of this process go on by so much at once. */
  pass(ms: number): void;
  /** A worker dies now, and another starts. */
  killWorker(): void;
  /** Kills the worker after so many more effects in Sferum, before the answer is out. */
  killWorkerAfter(effects: number): void;
  /** Resolves once workers that were to start have started. */
  started(): Promise<void>;
  /** Sends a roster; returns the operation's id. */
  importRoster(files: RosterFiles, takenAtMs: number): Promise<string>;
}

export interface WorldOptions {
  random: () => number;
  workers: number;
  /** Workers are processes of their own. */
  processes: boolean;
  redisUrl: string | undefined;
}

export async function startScheduleWorld(options: WorldOptions): Promise<ScheduleWorld> {
  await using parts = new AsyncDisposableStack();
  let aheadMs = 0;
  const clock: Clock = {
    ...systemClock,
    now: () => Date.now() + aheadMs,
    elapsed: () => performance.now() + aheadMs,
  };
  const env = { ...QUICK, ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}) };
  const { random } = options;
  const halves = parts.use(await startHalves({ env, overrides: { clock, sandbox: { random } } }));
  const crew = parts.use(startCrew(halves, clock, options));
  await crew.started();
  const importRoster = async (files: RosterFiles, takenAtMs: number) =>
    halves.commands.importRoster({
      body: await zipRoster(files),
      takenAt: new Date(takenAtMs),
      within: '*',
      by: { id: 'sgo', kind: 'service' },
    });
  const first = await importRoster(tinyFiles(tinyRoster(), clock.now()), clock.now());
  const { state } = await followOperation(halves.ctx, first, { lookEveryMs: 20 });
  if (state !== 'succeeded') throw new Error(`the first import ended ${state}`);
  await connectSandboxSchools(halves.ctx, halves.sandbox, [TINY_SCHOOL], REQUESTS_PER_SECOND);
  const owned = parts.move();
  return {
    ...{ halves, clock, importRoster, isHere: !options.processes },
    killWorker: crew.kill,
    killWorkerAfter: crew.killAfter,
    started: crew.started,
    pass(ms) {
      aheadMs += ms;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The workers. There are always as many as at first, except for the moments in which another starts. */
function startCrew(halves: Halves, clock: Clock, { workers, processes }: WorldOptions) {
  const alive: MortalWorker[] = [];
  const ending: Promise<void>[] = [];
  let starting: Promise<unknown> = Promise.resolve();
  const start = () => {
    const begin = () => (processes ? startWorkerProcess(halves.env) : startWorkerHere(halves.env, { clock }));
    const begun = untilItStarts(begin).then((worker) => void alive.push(worker));
    starting = Promise.all([starting, begun]);
    begun.catch(() => undefined);
  };
  const kill = () => {
    const victim = alive.shift();
    if (!victim) return;
    victim.kill();
    ending.push(Promise.resolve(victim[Symbol.asyncDispose]()).catch(() => undefined));
    start();
  };
  let left = 0;
  halves.sandbox.world.onChange = () => {
    left -= 1;
    if (left === 0) kill();
  };
  for (let n = 0; n < workers; n++) start();
  return {
    kill,
    killAfter(effects: number) {
      left = effects;
    },
    started: async () => void (await starting),
    async [Symbol.asyncDispose]() {
      left = 0;
      await starting.catch(() => undefined);
      await Promise.all([...ending, ...alive.map((worker) => worker[Symbol.asyncDispose]())]);
    },
  };
}

/** A start into a cut connection ends with an error. The supervisor of processes starts again. */
async function untilItStarts(begin: () => Promise<MortalWorker>): Promise<MortalWorker> {
  for (let start = 1; ; start++) {
    try {
      return await begin();
    } catch (error) {
      if (start === STARTS) throw error;
    }
  }
}
