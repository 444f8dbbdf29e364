import { SECOND_MS } from '../../src/clock.ts';
import { REDIS_IS_INSTALLED, startRedis } from '../support/redis.ts';
import { makeSchoolsAtRest, OF_A_CITY, OF_A_TOWN, type SchoolSize } from '../support/schools-at-rest.ts';
import type { Benchmark, Print } from './benchmark.ts';
import { startApp } from './support/app.ts';
import { costOf } from './support/costs.ts';
import { untilCounted } from './support/counted.ts';
import { type BenchServer, startServer } from './support/server.ts';
import { strangersStay } from './support/strangers.ts';

const REGIONS: readonly { schools: number; size: SchoolSize }[] = [
  { schools: 1, size: OF_A_TOWN },
  { schools: 8, size: OF_A_TOWN },
  { schools: 64, size: OF_A_TOWN },
  { schools: 64, size: OF_A_CITY },
];
const REST_SECONDS = 60;
/** What the program does at its start is over after this time. */
const SETTLE_SECONDS = 15;
/** Nobody answers at this address. No look at Sferum is due, because each school sets its own rhythm of looks. */
const NO_SFERUM = 'http://127.0.0.1:9';
/** The share of a core that is allowed, however many schools there are. */
const CORE_SHARE_AIM = 0.01;
const STATEMENTS_A_MINUTE_AIM = 40;
/** A stranger may stay this long in a school at rest. */
const STRANGER_AIM_MS = 120_000;

export const rest: Benchmark = {
  name: 'rest',
  about: `1 to 64 schools in which nothing happens, for ${REST_SECONDS} s: CPU, statements, and how long a stranger stays`,
  async run(print) {
    await using server = await startServer();
    await using redis = REDIS_IS_INSTALLED ? await startRedis() : null;
    for (const region of REGIONS) {
      print(`PostgreSQL, ${await measure(print, server, region, {})}`);
      if (redis) print(`Redis, ${await measure(print, server, region, { REDIS_URL: redis.url })}`);
    }
    const stays = await strangersStay(server);
    const longestMs = Math.max(...stays);
    print(`strangers who join are out after ${stays.map((ms) => (ms / SECOND_MS).toFixed(0)).join(', ')} s`);
    print(`ratio: the longest stay ${(longestMs / STRANGER_AIM_MS).toFixed(2)} × what is allowed`);
  },
};

async function measure(
  print: Print,
  server: BenchServer,
  { schools, size }: (typeof REGIONS)[number],
  env: Record<string, string>,
): Promise<string> {
  const database = await server.database();
  await makeSchoolsAtRest(database.ownerUrl, schools, size);
  await using app = await startApp(database.url, NO_SFERUM, env);
  const { clock } = app.ctx;
  await untilCounted(app);
  await clock.sleep(SETTLE_SECONDS * SECOND_MS);
  const { cost } = await costOf(app, server.postmaster, () => clock.sleep(REST_SECONDS * SECOND_MS));
  const share = (cost.processMs + cost.postgresMs) / SECOND_MS / cost.seconds;
  const perMinute = (cost.statements * 60) / cost.seconds;
  print(
    `  process ${cost.processMs.toFixed(0)} ms, PostgreSQL ${cost.postgresMs.toFixed(0)} ms, ${cost.statements} statements in ${cost.seconds.toFixed(0)} s`,
  );
  return `${schools} schools of ${size.chats} chats: ${(100 * share).toFixed(2)} % of a core, ${perMinute.toFixed(0)} statements a minute
  ratio: of what is allowed ${(share / CORE_SHARE_AIM).toFixed(2)} of CPU, ${(perMinute / STATEMENTS_A_MINUTE_AIM).toFixed(2)} of statements`;
}
