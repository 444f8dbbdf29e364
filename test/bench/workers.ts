import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
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

export const workers: Benchmark = {
  name: 'workers',
  about: `${SCHOOLS} schools brought up by one and by two workers on Redis, Sferum answering after ${LATENCY_MS} ms`,
  async run(print) {
    if (!REDIS_IS_INSTALLED) return print('redis-server is not installed');
    await using server = await startServer();
    const rounds: { perSecond: number; commits: number }[] = [];
    for (const count of [1, 2]) {
      const round = await bringUp(server, count);
      rounds.push(round);
      print(
        `${count} ${count === 1 ? 'worker' : 'workers'}: ${round.perSecond.toFixed(1)} chats/s, ${round.commits.toFixed(2)} transactions a chat`,
      );
    }
    const [one, two] = rounds as [(typeof rounds)[0], (typeof rounds)[0]];
    print(
      `ratio: two workers have ${(two.perSecond / one.perSecond).toFixed(2)} × the throughput of one (at least ${AIM} is asked), with ${(two.commits / one.commits).toFixed(2)} × the transactions a chat`,
    );
  },
};

async function bringUp(server: BenchServer, count: number) {
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
  await using _workers = await startWorkerProcesses(count, database, sandbox.url, env);
  const before = await commitsOf(app);
  const { ms } = await timed(() =>
    Promise.all(ids.map(async (id) => succeeded(app.ctx, await initialize(app, id)))),
  );
  const chats = await chatsOf(app);
  return { perSecond: (chats * 1000) / ms, commits: ((await commitsOf(app)) - before) / chats };
}

async function startWorkerProcesses(
  count: number,
  { url }: BenchDatabase,
  sferumUrl: string,
  env: Record<string, string>,
): Promise<AsyncDisposable> {
  const program = fileURLToPath(new URL('../../src/main/worker.ts', import.meta.url));
  const own = { ...settings(url, sferumUrl), ...env, LIMIT_WORKER_CONCURRENCY_JOBS: String(JOBS_AT_ONCE) };
  const children = Array.from({ length: count }, () =>
    fork(program, [], { stdio: 'inherit', env: { PATH: process.env.PATH, ...own } }),
  );
  return {
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
