import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { Client } from 'pg';
import type { App } from '../../src/app.ts';
import { API } from '../../src/app-role.ts';
import { everywhere } from '../support/everywhere.ts';
import { REDIS_IS_INSTALLED, startRedis } from '../support/redis.ts';
import type { Benchmark } from './benchmark.ts';
import { connect, importRoster, initialize, settings, startApp, succeeded } from './support/app.ts';
import { timed } from './support/measure.ts';
import { startSandboxOf } from './support/sandbox-process.ts';
import { middleRoster, schoolIdAt } from './support/school.ts';
import { type BenchDatabase, type BenchServer, startServer } from './support/server.ts';

const SCHOOLS = 8;
/** Sferum is so slow, and the pace so high, that neither the cores nor the pace are the limit. */
const LATENCY_MS = 1_000;
const REQUESTS_PER_SECOND = 200;
/** The limit is what one worker has in hand: this many jobs, each of up to 25 chats. */
const JOBS_AT_ONCE = 4;
const AIM = 1.7;
/** How often it is counted who waits for a lock. */
const LOCKS_EVERY_MS = 25;

/** What bringing up a chat takes. */
interface Figures {
  perSecond: number;
  commits: number;
  statements: number;
  /** How long transactions waited for locks of others. */
  lockMs: number;
}

export const workers: Benchmark = {
  name: 'workers',
  about: `${SCHOOLS} schools brought up by one and by two workers on Redis, Sferum answering after ${LATENCY_MS} ms`,
  async run(print) {
    if (!REDIS_IS_INSTALLED) return print('redis-server is not installed');
    await using server = await startServer();
    const rounds: Figures[] = [];
    for (const count of [1, 2]) {
      const round = await bringUp(server, count);
      rounds.push(round);
      print(
        `${count} ${count === 1 ? 'worker' : 'workers'}: ${round.perSecond.toFixed(1)} chats/s; a chat ${round.commits.toFixed(2)} transactions, ${round.statements.toFixed(2)} statements, ${round.lockMs.toFixed(2)} ms of waiting for locks`,
      );
    }
    const [one, two] = rounds as [Figures, Figures];
    const times = (of: (figures: Figures) => number) => (of(two) / of(one)).toFixed(2);
    print(
      `ratio: two workers have ${times((f) => f.perSecond)} × the throughput of one (at least ${AIM} is asked), with ${times((f) => f.commits)} × the transactions, ${times((f) => f.statements)} × the statements and ${(two.lockMs - one.lockMs).toFixed(2)} ms more of waiting for locks a chat`,
    );
  },
};

async function bringUp(server: BenchServer, count: number): Promise<Figures> {
  await using redis = await startRedis();
  await using sandbox = await startSandboxOf({
    ...{ requestsPerSecond: REQUESTS_PER_SECOND, schools: SCHOOLS, latencyMs: LATENCY_MS },
  });
  const database = await server.database();
  const ids = Array.from({ length: SCHOOLS }, (_, at) => schoolIdAt(at));
  const env = { REDIS_URL: redis.url };
  {
    await using app = await startApp(database.url, sandbox.url, env);
    for (const [at, id] of ids.entries()) {
      await importRoster(app, await middleRoster(at));
      await connect(app, id, sandbox.schools[at]!, REQUESTS_PER_SECOND);
    }
  }
  await using app = await startApp(database.url, sandbox.url, env, API);
  await using workers = await startWorkerProcesses(count, database, sandbox.url, env);
  const before = { commits: await commitsOf(app), statements: await workers.statements() };
  const locks = await watchLocks(database);
  const { ms } = await timed(() =>
    Promise.all(ids.map(async (id) => succeeded(app.ctx, await initialize(app, id)))),
  );
  const lockMs = await locks.stop();
  const chats = await chatsOf(app);
  return {
    perSecond: (chats * 1000) / ms,
    commits: ((await commitsOf(app)) - before.commits) / chats,
    statements: ((await workers.statements()) - before.statements) / chats,
    lockMs: lockMs / chats,
  };
}

/**
 * Counts from now on who waits for a lock, which only the owner may see. `stop` gives the sum of their waiting, in ms.
 */
async function watchLocks({ ownerUrl }: BenchDatabase): Promise<{ stop: () => Promise<number> }> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  let [waitedMs, isOver, atMs] = [0, false, performance.now()];
  const watching = (async () => {
    while (!isOver) {
      await sleep(LOCKS_EVERY_MS);
      const { rows } = await owner.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      const nowMs = performance.now();
      waitedMs += rows[0]!.n * (nowMs - atMs);
      atMs = nowMs;
    }
  })();
  return {
    async stop() {
      isOver = true;
      await watching;
      await owner.end();
      return waitedMs;
    },
  };
}

/** Worker processes, and how many statements they have sent. */
interface Workers extends AsyncDisposable {
  statements(): Promise<number>;
}

async function startWorkerProcesses(
  count: number,
  { url }: BenchDatabase,
  sferumUrl: string,
  env: Record<string, string>,
): Promise<Workers> {
  const program = fileURLToPath(new URL('./support/counting-worker.ts', import.meta.url));
  const own = { ...settings(url, sferumUrl), ...env, LIMIT_WORKER_CONCURRENCY_JOBS: String(JOBS_AT_ONCE) };
  const children = Array.from({ length: count }, () =>
    fork(program, [], { stdio: 'inherit', env: { PATH: process.env.PATH, ...own } }),
  );
  return {
    async statements() {
      const told = children.map(async (child) => {
        const answer = once(child, 'message');
        child.send('statements');
        return (await answer)[0] as number;
      });
      return (await Promise.all(told)).reduce((sum, sent) => sum + sent, 0);
    },
    async [Symbol.asyncDispose]() {
      const ended = children.map((child) => once(child, 'exit'));
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(ended);
    },
  };
}

async function chatsOf({ ctx }: App): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from chat where creation = 'created'`.execute(everywhere(ctx));
  return rows[0]!.n;
}

async function commitsOf({ ctx }: App): Promise<number> {
  const { rows } = await sql<{ n: string }>`
    select xact_commit as n from pg_stat_database where datname = current_database()`.execute(
    everywhere(ctx),
  );
  return Number(rows[0]!.n);
}
