import { sql } from 'kysely';
import { Client } from 'pg';
import type { App } from '../../src/app.ts';
import { API } from '../../src/app-role.ts';
import { ROUNDS } from '../../src/outbox/rounds.ts';
import { takeTurn } from '../../src/outbox/sweep.ts';
import { finishOperations } from '../../src/planning/end-operations.ts';
import { everywhere } from '../support/everywhere.ts';
import { makeSchoolsAtRest, OF_A_TOWN } from '../support/schools-at-rest.ts';
import type { Benchmark } from './benchmark.ts';
import { startApp } from './support/app.ts';
import { cpuOf } from './support/costs.ts';
import { type BenchServer, startServer } from './support/server.ts';

const SCHOOLS = 900;
const OPEN = [1, SCHOOLS];
const SIZE = { ...OF_A_TOWN, people: 60, membersOfChat: 2, journalLines: 150 };
/** This many chats of each operation are not done. */
const CHATS_LEFT = 3;
const TIMES = 500;
/** The aim: a wake with all schools at work may cost this many times a wake with one. */
const AIM = 1.2;
/** Nobody answers at this address, and nothing is due that would ask there. */
const NO_SFERUM = 'http://127.0.0.1:9';

type Work = readonly [name: string, run: () => Promise<unknown>];

export const wakes: Benchmark = {
  name: 'wakes',
  about: `what a wake, the end of a chat and a sweep cost while 1 and ${SCHOOLS} schools have an operation open`,
  async run(print) {
    await using server = await startServer();
    const all: Map<string, number>[] = [];
    for (const open of OPEN) all.push(await measure(server, open));
    const [one, many] = [all[0]!, all[1]!];
    for (const [name, ms] of many) {
      print(
        `${name.padEnd(34)} 1 open ${one.get(name)!.toFixed(2)} ms of CPU, ${SCHOOLS} open ${ms.toFixed(2)}`,
      );
    }
    const ratios = [...many].flatMap(([name, ms]) => (name.startsWith('a sweep') ? [] : ms / one.get(name)!));
    print(`ratio: ${Math.max(...ratios).toFixed(2)} × a wake with one open at worst, ${AIM} is allowed`);
  },
};

/** Gives the CPU in ms for each kind of work. */
async function measure(server: BenchServer, open: number): Promise<Map<string, number>> {
  const database = await server.database();
  await makeSchoolsAtRest(database.ownerUrl, SCHOOLS, SIZE);
  await openOperations(database.ownerUrl, open);
  await using app = await startApp(database.url, NO_SFERUM, { LIMIT_SWEEP_INTERVAL_MS: '600000' }, API);
  const figures = new Map<string, number>();
  for (const [name, run] of await worksOf(app)) {
    await run();
    const { cost } = await cpuOf(server.postmaster, async () => {
      for (let time = 0; time < TIMES; time++) await run();
    });
    figures.set(name, (cost.processMs + cost.postgresMs) / TIMES);
  }
  return figures;
}

async function worksOf({ ctx, queues }: App): Promise<Work[]> {
  const { rows } = await sql<{
    id: string;
  }>`select id from operation where school_id = 'rest-1' and state = 'running'`.execute(everywhere(ctx));
  const ids = rows.map(({ id }) => id);
  return [
    ['a wake: an operation of one school', () => ROUNDS.operations.run(ctx, queues, ['rest-1'])],
    ['a chat is done', () => finishOperations(ctx, 'rest-1', ids)],
    ['a sweep asks', () => takeTurn(ctx, { isFirst: true })],
    ['a sweep gives', () => ROUNDS.operations.run(ctx, queues, null)],
  ];
}

/** Opens an initialisation in each of the first schools. It follows its chats, and most of them are done. */
async function openOperations(ownerUrl: string, open: number): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`insert into operation (id, kind, school_id, state, params, created_at, created_by)
    select gen_random_uuid(), 'initialization', 'rest-' || s, 'running', '{"types": [], "strict": false, "dryRun": false, "following": true}', now(), 'sgo'
    from generate_series(1, ${open}) s`);
  await client.query(`update chat set generation = 4 where peer_id > 2000000000 + ${SIZE.chats - CHATS_LEFT}
    and school_id in (select school_id from operation where state = 'running')`);
  await client.query(`insert into operation_chat (operation_id, chat_id, school_id, ordinal, first_action, type, title, actions, generation, done_at)
    select o.id, c.id, c.school_id, c.peer_id - 2000000000, c.peer_id - 2000000000, c.type, c.title, '[]', c.generation,
      case when c.generation = c.settled_generation then now() end
    from operation o join chat c on c.school_id = o.school_id where o.state = 'running'`);
  await client.query('vacuum (freeze, analyze)');
  await client.end();
}
