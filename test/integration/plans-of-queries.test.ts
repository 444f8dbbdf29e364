/** What runs by itself costs as much as what is due: none of it reads a big table from end to end (rule 13). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listJournal } from '../../dashboard/read/journal.ts';
import { type App, createApp } from '../../src/app.ts';
import { API } from '../../src/app-role.ts';
import { findPerson } from '../../src/chats/person-chats.ts';
import { loadConfig } from '../../src/config.ts';
import { tidyUp } from '../../src/ending/tidy-up.ts';
import { beginDay } from '../../src/follow/begin-day.ts';
import { sweepDrift } from '../../src/live/drift.ts';
import { createLog } from '../../src/log.ts';
import { ROUNDS, type What } from '../../src/outbox/rounds.ts';
import { takeTurn } from '../../src/outbox/sweep.ts';
import { SEALED_COLUMNS } from '../../src/store/sealed-columns.ts';
import { look, tell } from '../../src/told/tell.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { everywhere } from '../support/everywhere.ts';
import { makeSchoolsAtRest, OF_A_TOWN } from '../support/schools-at-rest.ts';
import { onStatement, type Sent } from '../support/sent-statements.ts';
import { JWT_SECRET } from '../support/tokens.ts';

const SCHOOLS = 200;
/** Fewer rows per chat are made faster and give the same query plans. */
const SIZE = { ...OF_A_TOWN, membersOfChat: 5, journalLines: 300 };
/** Reading a table of so many rows whole would cost as much as all schools, or as all that ever happened. */
const BIG_ROWS = 5_000;

let database: TestDatabase;
let dataDir: string;
let app: App;
let big: string[];
const sent = new Map<string, Sent>();

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-plans-'));
  await makeSchoolsAtRest(database.ownerUrl, SCHOOLS, SIZE);
  await makeWork();
  onStatement((one) => sent.set(one.text, one));
  const config = loadConfig(
    {
      DATABASE_URL: database.url,
      SGO_JWT_SECRET: JWT_SECRET,
      SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
      DATA_DIR: dataDir,
      // The test runs the rounds one by one. The jobs that they make are not run.
      LIMIT_SWEEP_INTERVAL_MS: '600000',
      LIMIT_TELL_INTERVAL_MS: '120000',
    },
    'demo',
  );
  app = await createApp(config, API, { log: createLog('silent') });
  await connectForReal('rest-6');
}, 240_000);
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

/** Makes a little work of every kind, so that no round stops at its first question. */
async function makeWork(): Promise<void> {
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const some = (school: number, set: string, limit = 20) =>
    `update chat set ${set} where id in (select id from chat where school_id = 'rest-${school}' order by title limit ${limit})`;
  for (const statement of [
    some(1, "generation = 4, priority = 'bulk'", 100),
    some(2, "generation = 4, priority = 'event'"),
    some(3, "generation = 4, queued_at = now() - interval '10 seconds'"),
    some(4, "generation = 4, queued_at = now() - interval '10 minutes'"),
    some(5, "generation = 4, condition = 'behind'"),
    `update sferum_account set status = 'broken' where school_id = 'rest-5'`,
    some(6, 'look_again_at = now()'),
    `update sferum_account set look_due_at = now() where school_id = 'rest-6'`,
    some(7, "condition = 'failing', not_before = now() - interval '1 hour'"),
    `update school set computed_on = computed_on - 1 where id = 'rest-8'`,
    `update school set computed_on = computed_on - 1, time_zone = 'Asia/Omsk' where id = 'rest-9'`,
    `insert into operation (id, kind, school_id, state, created_at, created_by)
      values (gen_random_uuid(), 'roster-import', 'rest-10', 'queued', now(), 'sgo')`,
    `insert into operation (id, kind, school_id, state, params, created_at, created_by) values
      (gen_random_uuid(), 'roster-import', null, 'queued', '{}', now(), 'sgo'),
      (gen_random_uuid(), 'roster-import', null, 'running', '{"schools": true}', now(), 'sgo')`,
    `update meeting set due_at = now() where school_id = 'rest-11'`,
    `analyze`,
  ])
    await owner.query(statement);
  const { rows } = await owner.query<{ relname: string }>(
    `select relname from pg_class where relkind = 'r' and reltuples >= ${BIG_ROWS}`,
  );
  big = rows.map(({ relname }) => relname);
  await owner.end();
}

/** Looks and tells now, even if another process has just had the turn. */
async function tellNow(): Promise<void> {
  await sql`delete from setting where key = 'told'`.execute(app.ctx.db.ofNone);
  sent.clear();
  await look(app.ctx);
  await tell(app.ctx);
  const { rows } = await sql<{ kind: string }>`select distinct kind from told_reason`.execute(
    everywhere(app.ctx),
  );
  expect(rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['chat-failing', 'account-broken']));
}

/** The sandbox answers for the school, though it knows none of its chats. */
async function connectForReal(schoolId: string): Promise<void> {
  const { userToken } = app.sandbox!.world.connectSchool({ communityId: 230_000_001 });
  const sealed = app.ctx.secrets.seal(userToken, { schoolId, column: SEALED_COLUMNS.accessToken });
  await sql`update sferum_account set access_token_sealed = ${sealed}, token_kind = 'user'
    where school_id = ${schoolId}`.execute(everywhere(app.ctx));
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  Plans?: Plan[];
}

const wholeTables = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' && big.includes(plan['Relation Name']!)
    ? [plan['Relation Name']!]
    : []),
  ...(plan.Plans ?? []).flatMap(wholeTables),
];

/** Gives the big tables that the statement reads from end to end. */
async function readWhole(client: Client, { text, values, under }: Sent): Promise<string[]> {
  await client.query('begin');
  try {
    for (const setting of ['set local role = sferum_app', ...under]) await client.query(setting);
    const { rows: own } = await client.query(`explain (format json) ${text}`, [...values]);
    // A statement that runs often keeps a plan that is made without its values.
    const { rows: kept } = await client.query(`explain (format json, generic_plan) ${text}`);
    return [...own, ...kept].flatMap((row) => wholeTables(row['QUERY PLAN'][0].Plan));
  } finally {
    await client.query('rollback');
  }
}

/**
 * Gives the index condition by which the statement finds rows of these tables, or nothing if it reads all of a table.
 */
async function foundIn(client: Client, { text, values, under }: Sent, tables: string[]): Promise<string[]> {
  const all = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(all)];
  await client.query('begin');
  try {
    for (const setting of ['set local role = sferum_app', ...under]) await client.query(setting);
    const { rows } = await client.query(`explain (format json) ${text}`, [...values]);
    return all(rows[0]['QUERY PLAN'][0].Plan)
      .filter((node) => tables.includes(node['Relation Name'] ?? ''))
      .map((node) => node['Index Cond'] ?? '');
  } finally {
    await client.query('rollback');
  }
}

async function offenders(): Promise<string[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const found: string[] = [];
  for (const one of sent.values()) {
    if (!/^\s*(with|select|insert|update|delete)\b/i.test(one.text)) continue;
    const tables = await readWhole(client, one);
    if (tables.length > 0)
      found.push(`${[...new Set(tables)].join(', ')}: ${one.text.replaceAll(/\s+/g, ' ')}`);
  }
  await client.end();
  return found;
}

test('the tables of which this is about are big', () => {
  expect(big.map((table) => table.replace(/_\d.*/, ''))).toEqual(
    expect.arrayContaining(['chat', 'membership', 'sferum_member', 'journal', 'enrollment']),
  );
});

test('a sweep asks all its questions of indexes, and finds all that is due', async () => {
  sent.clear();
  const { due } = await takeTurn(app.ctx, { isFirst: true });
  expect(new Set(due)).toEqual(
    new Set(
      Object.entries(ROUNDS)
        .flatMap(([what, { isDue }]) => (isDue ? [what] : []))
        .filter((what) => what !== 'leftovers'),
    ),
  );
  // Messages have a rhythm of their own in every process.
  const asked = [...sent.values()].filter(({ text, values }) => !/\btold/.test(`${text} ${values}`));
  expect(asked).toHaveLength(1);
  expect(await offenders()).toEqual([]);
});

test.each(Object.keys(ROUNDS) as What[])(
  'the round «%s» reads no big table from end to end',
  async (what) => {
    sent.clear();
    await ROUNDS[what].run(app.ctx, app.queues, null);
    expect(await offenders()).toEqual([]);
  },
);

test.each<[string, () => Promise<unknown>]>([
  ['a new day', () => beginDay(app.ctx, 'rest-8')],
  ['a look at the chats of a school', () => sweepDrift(app.ctx, 'rest-6')],
  ['what ends once a day', () => tidyUp(app.ctx)],
  ['what is told', tellNow],
  ['the figures', async () => app.http.request('/metrics')],
])(
  '%s: no big table is read from end to end',
  async (_, work) => {
    sent.clear();
    await work();
    expect(sent.size).toBeGreaterThan(0);
    expect(await offenders()).toEqual([]);
  },
  60_000,
);

test('a person is found by the id, and not by looking at everybody of the school', async () => {
  sent.clear();
  await findPerson(app.ctx.db.of('rest-1'), 'rest-1', 'p1');
  const owner = { schoolId: 'rest-1', timeZone: 'Europe/Moscow' };
  await listJournal(app.ctx.db.of('rest-1'), owner, { personId: 'p1', perPage: 10 });
  const found: string[] = [];
  const client = new Client({ connectionString: database.url });
  await client.connect();
  for (const one of sent.values()) found.push(...(await foundIn(client, one, ['person', 'profile_link'])));
  await client.end();
  expect(found.length).toBeGreaterThan(1);
  expect(found.filter((condition) => !/\b(person_)?id = /.test(condition))).toEqual([]);
});

test('a wake looks at its own schools alone', async () => {
  sent.clear();
  await ROUNDS.chats.run(app.ctx, app.queues, ['rest-2']);
  await ROUNDS.operations.run(app.ctx, app.queues, ['rest-10']);
  expect(await offenders()).toEqual([]);
});
