import { sql } from 'kysely';
import type { App } from '../../src/app.ts';
import { dayIn, SECOND_MS } from '../../src/clock.ts';
import { everywhere } from '../support/everywhere.ts';
import { REDIS_IS_INSTALLED, startRedis } from '../support/redis.ts';
import type { Benchmark, Print } from './benchmark.ts';
import {
  approvePlan,
  connect,
  importManualSchool,
  importRoster,
  initialize,
  planInitialization,
  startApp,
  succeeded,
} from './support/app.ts';
import { changesOf } from './support/changes.ts';
import { type Cost, costOf } from './support/costs.ts';
import { untilCounted } from './support/counted.ts';
import { follow } from './support/follow.ts';
import { type SandboxProcess, startSandboxOf } from './support/sandbox-process.ts';
import { middleRoster, schoolIdAt, TIME_ZONE } from './support/school.ts';
import { type BenchServer, startServer } from './support/server.ts';

/** The pace of a community, which VK publishes. */
const REQUESTS_PER_SECOND = 20;
/** The paces of a community and of a user. */
const PACES = [REQUESTS_PER_SECOND, 3];
const CALLS_PER_REQUEST = 25;
const LATENCY_MS = 60;
const MANY_SCHOOLS = [8, 64];
/** This many schools of each region are brought up only while events of the others are followed. */
const COLD_SCHOOLS = 16;
const EVENTS = 40;
/** An event that touches more chats is followed and not counted. */
const CHATS_PER_EVENT_AT_MOST = 25;
const REST_SECONDS = 60;
/** The time between two looks at how many requests were sent. */
const LOOK_EVERY_MS = 5;
const BYTES_PER_MB = 2 ** 20;

/** `-- region` runs all of them. Each takes long, so one may be asked for by its name. */
export const regions: readonly Benchmark[] = [
  ...PACES.map((pace) => ({
    name: `region-manual-${pace}`,
    about: `the manual's school at ${pace} requests/s: what bringing it up needs of CPU, requests and time, against its estimate`,
    async run(print: Print) {
      await using server = await startServer();
      await big(print, server, pace);
    },
  })),
  ...MANY_SCHOOLS.map((schools) => ({
    name: `region-${schools}`,
    about: `one middle school and ${schools}: what a chat, an event, a night and rest cost`,
    run: (print: Print) => beside(print, schools),
  })),
];

/** Measures one school, then many: the cost of a chat must not grow with the number of schools. */
async function beside(print: Print, schools: number): Promise<void> {
  await using server = await startServer();
  const backends: [string, string | null][] = [['PostgreSQL', null]];
  await using redis = REDIS_IS_INSTALLED ? await startRedis() : null;
  if (redis) backends.push(['Redis', redis.url]);
  for (const [backend, redisUrl] of backends) {
    const measure = (count: number) => {
      print(`${backend}, ${count} ${count === 1 ? 'school' : 'schools'}:`);
      return many((line) => print(`  ${line}`), server, count, redisUrl);
    };
    const one = await measure(1);
    print(
      `ratio: CPU a chat with ${schools} schools ${((await measure(schools)) / one).toFixed(2)} × that with one`,
    );
  }
}

/** Measures the manual's school alone: how far its initialisation is from what its writes need at this pace. */
async function big(print: Print, server: BenchServer, pace: number): Promise<void> {
  await using sandbox = await sandboxOf(1, pace);
  await using app = await startApp((await server.database()).url, sandbox.url);
  const schoolId = await importManualSchool(app, sandbox, pace);
  const { plan, estimatedSeconds } = await planOf(app, schoolId);
  const watch = watchRequests(app);
  const approve = async () => succeeded(app.ctx, await approvePlan(app, schoolId, plan));
  const first = (await costOf(app, server.postmaster, approve)).cost;
  const sent = watch.stop();
  const chats = await chatsOf(app);
  print(`the manual's school: ${chatCost(first, chats)}`);
  print(
    `from the approval to the first request ${sent.firstAfterSeconds.toFixed(1)} s, from it to the last ${sent.fromFirstToLastSeconds.toFixed(1)} s`,
  );
  const least = first.writeCalls / CALLS_PER_REQUEST;
  const times = (seconds: number) => ((seconds * pace) / least).toFixed(2);
  print(
    `ratio: requests ${(first.requests / Math.ceil(least)).toFixed(2)} ×, first to last request ${times(sent.fromFirstToLastSeconds)} ×, with the planning before them ${times(first.seconds)} × what ${first.writeCalls} writes need at ${pace} requests/s`,
  );
  print(
    `ratio: from the approval to the end ${(first.seconds / estimatedSeconds).toFixed(2)} × the estimate of ${estimatedSeconds} s`,
  );
  const { rows } = await sql<{ bytes: string }>`select pg_database_size(current_database()) as bytes`.execute(
    everywhere(app.ctx),
  );
  print(`its database: ${(Number(rows[0]!.bytes) / BYTES_PER_MB).toFixed(0)} MB`);
  const initialise = async () => succeeded(app.ctx, await initialize(app, schoolId));
  const again = (await costOf(app, server.postmaster, initialise)).cost;
  print(
    `ratio: initialised again with nothing to do ${(again.requests / (chats / CALLS_PER_REQUEST)).toFixed(2)} × the requests of reading all members once, ${again.seconds.toFixed(1)} s`,
  );
}

/** Makes the plan that people are shown (F3, J7). */
async function planOf(app: App, schoolId: string): Promise<{ plan: string; estimatedSeconds: number }> {
  const plan = await planInitialization(app, schoolId);
  await succeeded(app.ctx, plan);
  const { rows } = await sql<{ seconds: number }>`
    select (result->'estimate'->>'seconds')::int as seconds from operation where id = ${plan}`.execute(
    everywhere(app.ctx),
  );
  return { plan, estimatedSeconds: rows[0]!.seconds };
}

/** Looks from now on whether requests are sent. `stop` gives the seconds until the first, and from it to the last. */
function watchRequests({ ctx }: App) {
  const fromMs = performance.now();
  const seen: number[] = [];
  let known = ctx.gateway.stats().requests;
  const timer = setInterval(() => {
    const { requests } = ctx.gateway.stats();
    if (requests !== known) seen.push(performance.now());
    known = requests;
  }, LOOK_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      const [firstMs, lastMs] = [seen[0]!, seen.at(-1)!];
      return {
        firstAfterSeconds: (firstMs - fromMs) / SECOND_MS,
        fromFirstToLastSeconds: (lastMs - firstMs) / SECOND_MS,
      };
    },
  };
}

/** Gives the CPU per chat, in ms. */
async function many(
  print: Print,
  server: BenchServer,
  count: number,
  redisUrl: string | null,
): Promise<number> {
  const cold = count > COLD_SCHOOLS ? COLD_SCHOOLS : 0;
  await using sandbox = await sandboxOf(count);
  const database = await server.database();
  await using app = await startApp(database.url, sandbox.url, redisUrl ? { REDIS_URL: redisUrl } : {});
  const ids = Array.from({ length: count }, (_, at) => schoolIdAt(at));
  const cost = async (work: () => Promise<void>) => (await costOf(app, server.postmaster, work)).cost;

  const rosters = await Promise.all(ids.map((_, at) => middleRoster(at)));
  const imported = await cost(() => importAll(app, rosters));
  for (const [at, id] of ids.entries()) await connect(app, id, sandbox.schools[at]!, REQUESTS_PER_SECOND);
  const rows = await rowsOf(app);
  print(`import: ${perRow(imported, rows)}`);

  const warm = ids.slice(cold);
  const initialised = await cost(() => initialiseAll(app, warm));
  const chats = await chatsOf(app);
  print(`cold start: ${chatCost(initialised, chats)}`);

  const events = await eventsOf(app, warm);
  const idle = await followAll(app, events.slice(0, EVENTS));
  print(`events: ${latency(idle)}`);
  if (cold > 0) {
    const starting = initialiseAll(app, ids.slice(0, cold));
    const beside = await followAll(app, events.slice(EVENTS));
    await starting;
    print(
      `events beside the cold start of ${cold} other schools: ${latency(beside)}; p95 ${(quantile(beside, 0.95) / quantile(idle, 0.95)).toFixed(2)} × idle`,
    );
  }
  await nights(print, app, cost, { rosters, rows, ids, imported });
  await atRest(print, app, cost);
  return cpu(initialised) / chats;
}

type CostOf = (work: () => Promise<void>) => Promise<Cost>;

/** Measures two nights: one with the lists of the night before, one with lists of which a part has changed. */
async function nights(
  print: Print,
  app: App,
  cost: CostOf,
  { rosters, rows, ids, imported }: { rosters: Uint8Array[]; rows: number; ids: string[]; imported: Cost },
): Promise<void> {
  // No list knows the day's events. The first list after them changes what they said, so it is not measured.
  await importAll(app, rosters);
  const night = await cost(() => importAll(app, rosters));
  print(
    `the same lists again: ${perRow(night, rows)}, ${(cpu(night) / cpu(imported)).toFixed(2)} × the first`,
  );
  const changed = await Promise.all(ids.map((_, at) => middleRoster(at, withoutOnePercent)));
  print(`lists of which 1 % has changed: ${perRow(await cost(() => importAll(app, changed)), rows)}`);
}

/**
 * Measures rest, which begins once everything is counted. Looks at Sferum are left out: their cost goes by what is due
 * (drift).
 */
async function atRest(print: Print, app: App, cost: CostOf): Promise<void> {
  const { ctx } = app;
  await sql`update sferum_account set look_due_at = now() + interval '1 day'`.execute(everywhere(ctx));
  await untilCounted(app);
  const rest = await cost(() => ctx.clock.sleep(REST_SECONDS * SECOND_MS));
  print(
    `at rest: ${((100 * cpu(rest)) / SECOND_MS / rest.seconds).toFixed(2)} % of a core, ${((rest.statements * 60) / rest.seconds).toFixed(0)} statements a minute; ${(process.memoryUsage().rss / BYTES_PER_MB).toFixed(0)} MB`,
  );
}

const sandboxOf = (schools: number, requestsPerSecond = REQUESTS_PER_SECOND): Promise<SandboxProcess> =>
  startSandboxOf({ requestsPerSecond, schools, latencyMs: LATENCY_MS });

async function importAll(app: App, rosters: readonly Uint8Array[]): Promise<void> {
  await Promise.all(rosters.map((roster) => importRoster(app, roster)));
}

async function initialiseAll(app: App, schoolIds: readonly string[]): Promise<void> {
  await succeeded(app.ctx, ...(await Promise.all(schoolIds.map((id) => initialize(app, id)))));
}

/** Makes two rounds of events of different schools, in turn. */
async function eventsOf({ ctx }: App, schoolIds: readonly string[]) {
  const today = dayIn(TIME_ZONE, ctx.clock.now());
  const each = Math.ceil((2 * EVENTS) / schoolIds.length / 4) * 4;
  const changes = await Promise.all(schoolIds.map((id) => changesOf(everywhere(ctx), id, today, each)));
  return Array.from({ length: each }, (_, nth) =>
    schoolIds.flatMap((schoolId, at) => {
      const change = changes[at]![nth];
      return change ? [{ schoolId, change: { ...change, id: `${schoolId}-${change.id}` } }] : [];
    }),
  ).flat();
}

/** Gives for each event the ms from its arrival until its chats are settled. */
async function followAll(app: App, events: Awaited<ReturnType<typeof eventsOf>>): Promise<number[]> {
  const took: number[] = [];
  for (const { schoolId, change } of events) {
    const { ms, chats } = await follow(app, schoolId, change);
    if (chats <= CHATS_PER_EVENT_AT_MOST) took.push(ms);
  }
  return took;
}

function withoutOnePercent(enrollments: string): string {
  return enrollments
    .split('\n')
    .filter((_, line) => line % 100 !== 50)
    .join('\n');
}

async function chatsOf({ ctx }: App): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from chat where creation = 'created'`.execute(everywhere(ctx));
  return rows[0]!.n;
}

async function rowsOf({ ctx }: App): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select ((select count(*) from person) + (select count(*) from class) + (select count(*) from subject_group)
      + (select count(*) from enrollment) + (select count(*) from guardian) + (select count(*) from profile_link))::int as n`.execute(
    everywhere(ctx),
  );
  return rows[0]!.n;
}

const cpu = ({ processMs, postgresMs }: Cost): number => processMs + postgresMs;

function chatCost(cost: Cost, chats: number): string {
  const { seconds, processMs, postgresMs, statements, requests, writeCalls } = cost;
  const of = (n: number) => (n / chats).toFixed(2);
  return `${chats} chats in ${seconds.toFixed(1)} s, ${(chats / seconds).toFixed(0)} chats/s; a chat ${of(processMs)} + ${of(postgresMs)} = ${of(cpu(cost))} ms of CPU and ${of(statements)} statements; ${requests} requests, ${writeCalls} writes`;
}

function perRow(cost: Cost, rows: number): string {
  const us = (cpu(cost) * 1000) / rows;
  return `${rows} rows in ${cost.seconds.toFixed(1)} s, ${us.toFixed(1)} µs of CPU a row`;
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!;

const latency = (took: readonly number[]): string =>
  `p50 ${quantile(took, 0.5).toFixed(0)} ms, p95 ${quantile(took, 0.95).toFixed(0)} ms of ${took.length}, VK's ${LATENCY_MS} ms included`;
