import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { DEFAULT_ROSTER_LIMITS } from '../../src/config/roster-limits.ts';
import { mergeRoster } from '../../src/roster/merge-roster.ts';
import { readRoster } from '../../src/roster/read-roster.ts';
import { Database } from '../../src/store/database.ts';
import type { Benchmark } from './benchmark.ts';
import { importRoster, startApp } from './support/app.ts';
import { costOf, cpuOf } from './support/costs.ts';
import { median, timed } from './support/measure.ts';
import { startSandboxOf } from './support/sandbox-process.ts';
import { manualRoster, middleRoster, TAKEN_AT, TIME_ZONE } from './support/school.ts';
import { type BenchDatabase, type BenchServer, startServer } from './support/server.ts';

/** The first round warms up and is not counted. */
const ROUNDS = 6;
const WHOLE_ROUNDS = 4;
const OTHERS = 29;
/** The aims for a row: of a new list, and of the same list again. */
const AIM_US = 25;
const AIM_AGAIN = 0.5;

export const importing: Benchmark = {
  name: 'import',
  about:
    "CPU of a new school's roster, read and merged; against COPY of the same rows; a whole import, and the same again",
  async run(print) {
    const zip = await manualRoster();
    await using server = await startServer();
    await using files = await sharedDirectory();
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const database = await server.database();
      const imported = await importInto(database, server.postmaster, zip);
      await copyOut(database, files.path);
      const copyMs = await copyIn(await server.database(), files.path);
      if (round > 0) rounds.push({ ...imported, copyMs });
    }
    const of = (figure: (round: Round) => number) => median(rounds.map(figure));
    const { rows } = rounds[0]!;
    const whole = await wholeImports(server, zip, rows);
    const perRow = (figure: (round: Round) => Cpu) =>
      `${of((r) => us(figure(r), rows)).toFixed(1)} µs of CPU a row, of that PostgreSQL ${of((r) => (figure(r).postgresMs * 1000) / rows).toFixed(1)}`;
    print(`${rows.toLocaleString('en')} rows; medians of ${rounds.length} rounds`);
    print(`read   ${perRow((r) => r.read)}`);
    print(`merge  ${perRow((r) => r.merge)} · the same roster again ${perRow((r) => r.again)}`);
    const mergeRatio = of(({ merge, copyMs }) => (merge.seconds * 1000) / copyMs);
    print(`merge: ${mergeRatio.toFixed(2)} × the time of COPY, ${of((r) => r.copyMs).toFixed(0)} ms`);
    print(
      `a whole import ${whole.first.toFixed(1)} µs of CPU a row, the same roster again ${whole.again.toFixed(1)}`,
    );
    const among = await amongOthers(server, zip, rows);
    print(
      `ratio: after ${OTHERS} other schools, of which alone the planner knows, ${(among / whole.first).toFixed(2)} × the first`,
    );
    print(
      `ratio: ${(whole.first / AIM_US).toFixed(2)} of what is allowed a row (${whole.first.toFixed(1)} of ${AIM_US} µs); again ${(whole.again / whole.first).toFixed(2)} × the first, ${AIM_AGAIN} is allowed`,
    );
  },
};

/**
 * Measures imports from the request to the end of the operation, in a program that does nothing else. Gives µs of CPU
 * per row.
 */
async function wholeImports(
  server: BenchServer,
  zip: Uint8Array,
  rows: number,
): Promise<{ first: number; again: number }> {
  await using sandbox = await startSandboxOf({ requestsPerSecond: 20, schools: 1, latencyMs: 60 });
  const rounds: { first: number; again: number }[] = [];
  for (let round = 0; round < WHOLE_ROUNDS; round++) {
    await using app = await startApp((await server.database()).url, sandbox.url);
    const taken = async () =>
      us((await costOf(app, server.postmaster, () => importRoster(app, zip))).cost, rows);
    const counted = { first: await taken(), again: await taken() };
    if (round > 0) rounds.push(counted);
  }
  return { first: median(rounds.map(({ first }) => first)), again: median(rounds.map(({ again }) => again)) };
}

/** Measures the same for a school that comes into a database with others. Gives µs of CPU per row. */
async function amongOthers(server: BenchServer, zip: Uint8Array, rows: number): Promise<number> {
  await using sandbox = await startSandboxOf({ requestsPerSecond: 20, schools: 1, latencyMs: 60 });
  await using app = await startApp((await server.database()).url, sandbox.url);
  for (let at = 0; at < OTHERS; at++) await importRoster(app, await middleRoster(at));
  return us((await costOf(app, server.postmaster, () => importRoster(app, zip))).cost, rows);
}

type Cpu = Awaited<ReturnType<typeof cpuOf>>['cost'];

/** Gives microseconds of CPU per row, of this process and PostgreSQL. */
const us = ({ processMs, postgresMs }: Pick<Cpu, 'processMs' | 'postgresMs'>, rows: number) =>
  ((processMs + postgresMs) * 1000) / rows;

interface Round {
  rows: number;
  read: Cpu;
  merge: Cpu;
  again: Cpu;
  copyMs: number;
}

async function importInto(
  { url, ownerUrl }: BenchDatabase,
  postmaster: number,
  zip: Uint8Array,
): Promise<Omit<Round, 'copyMs'>> {
  await using db = await Database.open(url);
  await sql`select 1`.execute(db.ofNone);
  const { cost: read, value } = await cpuOf(postmaster, () => readRoster(zip, DEFAULT_ROSTER_LIMITS));
  const merge = (takenAt: string, by: string) =>
    cpuOf(postmaster, () =>
      db.transactionAcross('figures', ({ sql: tx }) =>
        mergeRoster(tx, value, { takenAt, by, timeZone: TIME_ZONE }),
      ),
    );
  const { cost: first } = await merge(TAKEN_AT, 'import:1');
  const { cost: again } = await merge(TAKEN_AT, 'import:2');
  return { rows: await countRows(ownerUrl), read, merge: first, again };
}

/** The tables that an import writes. */
const TABLES = ['school', 'person', 'class', 'subject_group', 'enrollment', 'guardian', 'profile_link'];

async function countRows(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const counts = TABLES.map((table) => `(select count(*) from ${table})`).join(' + ');
    const { rows } = await client.query<{ count: string }>(`select ${counts} as count`);
    return Number(rows[0]!.count);
  });
}

async function copyOut({ ownerUrl }: BenchDatabase, directory: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    for (const table of TABLES) {
      const columns = await columnsOf(client, table);
      await client.query(`copy ${table} (${columns}) to '${join(directory, table)}'`);
    }
  });
}

/** Copies the rows in within one transaction, as the merge does. */
async function copyIn({ ownerUrl }: BenchDatabase, directory: string): Promise<number> {
  return withClient(ownerUrl, async (client) => {
    const columns = new Map<string, string>();
    for (const table of TABLES) columns.set(table, await columnsOf(client, table));
    const { ms } = await timed(async () => {
      await client.query('begin');
      for (const table of TABLES) {
        await client.query(`copy ${table} (${columns.get(table)}) from '${join(directory, table)}'`);
      }
      await client.query('commit');
    });
    return ms;
  });
}

async function columnsOf(client: Client, table: string): Promise<string> {
  const { rows } = await client.query<{ names: string }>(
    `select string_agg(attname, ', ' order by attnum) as names from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  return rows[0]!.names;
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** A directory that the server may read and write too. The server runs under a user of its own. */
async function sharedDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sferum-sync-copy-'));
  await chmod(path, 0o777);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
