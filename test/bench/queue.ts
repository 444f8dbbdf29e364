import { type ConnectionOptions, createPostgresBackend, Queue, Worker } from 'bullmq';
import { sql } from 'kysely';
import { KEEP_FAILED } from '../../jobs/contract.ts';
import { reconcileChat } from '../../jobs/reconcile-chat.ts';
import type { App } from '../../src/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { REDIS_IS_INSTALLED, startRedis } from '../support/redis.ts';
import type { Benchmark, Print } from './benchmark.ts';
import { importManualSchool, initialize, startApp, succeeded } from './support/app.ts';
import { median, timed } from './support/measure.ts';
import { type SandboxProcess, startSandbox } from './support/sandbox-process.ts';
import { type BenchDatabase, type BenchServer, startServer } from './support/server.ts';

/** So high that the pace does not limit what is measured. */
const REQUESTS_PER_SECOND = 900;
const CONCURRENCY_JOBS = 100;
/** The relay adds jobs in bulks of this size. */
const JOBS_PER_BULK = 500;
/** The first round warms up and is not counted. */
const ROUNDS = 3;
const LOOK_EVERY_MS = 10;

export const queue: Benchmark = {
  name: 'queue',
  about: 'a reconcile-chat job, with nothing to do and with one call, against a no-op BullMQ job',
  async run(print) {
    await using server = await startServer();
    await using sandbox = await startSandbox(REQUESTS_PER_SECOND);
    const school = await initialisedSchool(server, sandbox);
    const ratios = [
      `PostgreSQL ${await measure(print, 'PostgreSQL', sandbox, await server.database(school), null)}`,
    ];
    if (REDIS_IS_INSTALLED) {
      await using redis = await startRedis();
      ratios.push(
        `Redis ${await measure(print, 'Redis', sandbox, await server.database(school), redis.url)}`,
      );
    } else print('redis-server is not installed: PostgreSQL alone');
    print(`ratio: × a no-op job's time with nothing to do and with one call: ${ratios.join('; ')}`);
  },
};

async function initialisedSchool(server: BenchServer, sandbox: SandboxProcess): Promise<BenchDatabase> {
  const database = await server.database();
  await using app = await startApp(database.url, sandbox.url);
  const schoolId = await importManualSchool(app, sandbox, REQUESTS_PER_SECOND);
  await succeeded(app.ctx, await initialize(app, schoolId));
  return database;
}

async function measure(
  print: Print,
  backend: string,
  sandbox: SandboxProcess,
  { url }: BenchDatabase,
  redisUrl: string | null,
): Promise<string> {
  await using app = await startApp(url, sandbox.url, {
    LIMIT_WORKER_CONCURRENCY_JOBS: String(CONCURRENCY_JOBS),
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  });
  const { rows: chats } = await sql<Chat>`
    select id as "chatId", school_id as "schoolId" from chat where creation = 'created'`.execute(
    everywhere(app.ctx),
  );
  const rounds: { plainMs: number; idleMs: number; callMs: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const plainMs = await plainJobs(url, redisUrl, chats.length);
    const idleMs = await idleJobs(app, chats);
    const callMs = await jobsOfOneCall(app);
    if (round > 0) rounds.push({ plainMs, idleMs, callMs });
  }
  const of = (figure: (round: (typeof rounds)[number]) => number) => median(rounds.map(figure));
  print(
    `${backend}: ${chats.length} jobs, ${CONCURRENCY_JOBS} at a time; medians of ${rounds.length} rounds`,
  );
  const line = (name: string, ms: number) =>
    print(
      `  ${name.padEnd(32)} ${(ms / chats.length).toFixed(2)} ms a job, ${Math.round((chats.length * 1000) / ms)} jobs/s`,
    );
  line(
    'no-op in a plain queue',
    of((r) => r.plainMs),
  );
  line(
    'reconcile-chat, nothing to do',
    of((r) => r.idleMs),
  );
  line(
    'outbox to Sferum, one call',
    of((r) => r.callMs),
  );
  return `${of((r) => r.idleMs / r.plainMs).toFixed(2)} and ${of((r) => r.callMs / r.plainMs).toFixed(2)}`;
}

interface Chat {
  chatId: string;
  schoolId: string;
}

async function plainJobs(postgresUrl: string, redisUrl: string | null, count: number): Promise<number> {
  const name = 'plain';
  const options = { connection: connection(postgresUrl, redisUrl) };
  const backend = redisUrl ? undefined : (createPostgresBackend as never);
  const plain = new Queue(name, options, backend);
  const worker = new Worker(
    name,
    async () => undefined,
    { ...options, concurrency: CONCURRENCY_JOBS },
    backend,
  );
  await Promise.all([plain.waitUntilReady(), worker.waitUntilReady()]);
  const jobs = Array.from({ length: count }, (_, number) => ({
    name,
    data: { number },
    opts: KEEP_FAILED,
  }));
  const { ms } = await timed(async () => {
    for (let at = 0; at < count; at += JOBS_PER_BULK) await plain.addBulk(jobs.slice(at, at + JOBS_PER_BULK));
    await nothingLeft(plain);
  });
  await worker.close();
  await plain.close();
  return ms;
}

function connection(postgresUrl: string, redisUrl: string | null): ConnectionOptions {
  if (redisUrl === null)
    return { connectionString: postgresUrl, schema: 'bullmq', max: 8 } as ConnectionOptions;
  const { hostname: host, port } = new URL(redisUrl);
  return { host, port: Number(port) };
}

/** Jobs of settled chats: each is read, seen to have no work, and let go. */
async function idleJobs({ queues }: App, chats: readonly Chat[]): Promise<number> {
  const entries = chats.map((chat) => ({ payload: { ...chat, cause: 'bench' }, priority: 3 }));
  const { ms } = await timed(async () => {
    for (let at = 0; at < entries.length; at += JOBS_PER_BULK) {
      await queues.addAll(reconcileChat, entries.slice(at, at + JOBS_PER_BULK));
    }
    await nothingLeft(queues.all.find(({ name }) => name === reconcileChat.queue)!);
  });
  return ms;
}

/** Gives every chat another title. It goes through outbox, relay and queue to a Sferum that answers at once. */
async function jobsOfOneCall({ ctx }: App): Promise<number> {
  const { ms } = await timed(async () => {
    await sql`update chat set title = case when title like '%.' then left(title, -1) else title || '.' end,
      generation = generation + 1, priority = 'event', cause = 'bench'`.execute(everywhere(ctx));
    ctx.wake('chats');
    for (;;) {
      const { rows } = await sql`select 1 from chat where generation > settled_generation limit 1`.execute(
        everywhere(ctx),
      );
      if (rows.length === 0) return;
      await ctx.clock.sleep(LOOK_EVERY_MS);
    }
  });
  return ms;
}

async function nothingLeft(of: Queue): Promise<void> {
  for (;;) {
    const counts = await of.getJobCounts('waiting', 'prioritized', 'active', 'delayed');
    if (Object.values(counts).every((count) => count === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
