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
import { median, perSecond, timed } from './support/measure.ts';
import { manualRoster, TAKEN_AT, TIME_ZONE } from './support/school.ts';
import { type BenchDatabase, startServer } from './support/server.ts';

/** The first round warms up and is not counted. */
const ROUNDS = 6;

export const importing: Benchmark = {
  name: 'import',
  about: "a new school's roster read and merged, against COPY of the same rows into the same tables",
  async run(print) {
    const zip = await manualRoster();
    await using server = await startServer();
    await using files = await sharedDirectory();
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const database = await server.database();
      const imported = await importInto(database, zip);
      await copyOut(database, files.path);
      const copyMs = await copyIn(await server.database(), files.path);
      if (round > 0) rounds.push({ ...imported, copyMs });
    }
    const of = (figure: (round: Round) => number) => median(rounds.map(figure));
    const { rows } = rounds[0]!;
    const importMs = of(({ readMs, mergeMs }) => readMs + mergeMs);
    print(`${rows.toLocaleString('en')} rows; medians of ${rounds.length} rounds`);
    print(`read   ${of((r) => r.readMs).toFixed(0)} ms`);
    print(
      `merge  ${of((r) => r.mergeMs).toFixed(0)} ms · the same roster again ${of((r) => r.againMs).toFixed(0)} ms`,
    );
    print(`import ${importMs.toFixed(0)} ms, ${perSecond(rows, importMs)} rows/s`);
    print(
      `COPY   ${of((r) => r.copyMs).toFixed(0)} ms, ${perSecond(
        rows,
        of((r) => r.copyMs),
      )} rows/s`,
    );
    const ratio = of(({ readMs, mergeMs, copyMs }) => (readMs + mergeMs) / copyMs);
    const mergeRatio = of(({ mergeMs, copyMs }) => mergeMs / copyMs);
    print(
      `ratio: ${ratio.toFixed(2)} × COPY's time for reading and merging (${mergeRatio.toFixed(2)} × for the merge alone)`,
    );
  },
};

interface Round {
  rows: number;
  readMs: number;
  mergeMs: number;
  againMs: number;
  copyMs: number;
}

async function importInto({ url }: BenchDatabase, zip: Uint8Array): Promise<Omit<Round, 'copyMs'>> {
  await using db = await Database.open(url);
  await sql`select 1`.execute(db.ofNone);
  const read = await timed(() => readRoster(zip, DEFAULT_ROSTER_LIMITS));
  const merge = (takenAt: string, by: string) =>
    db.transactionAcross('figures', ({ sql: tx }) =>
      mergeRoster(tx, read.value, { takenAt, by, timeZone: TIME_ZONE }),
    );
  const first = await timed(() => merge(TAKEN_AT, 'import:1'));
  const again = await timed(() => merge(TAKEN_AT, 'import:2'));
  return { rows: await countRows(url), readMs: read.ms, mergeMs: first.ms, againMs: again.ms };
}

/** What an import writes. */
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

/** In one transaction, as the merge is. */
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

/** The server, which has a user of its own, reads and writes here. */
async function sharedDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sferum-sync-copy-'));
  await chmod(path, 0o777);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
