/** A PostgreSQL server of the benchmark's own, as the product runs it, with databases made on demand. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { startEmbeddedPostgres } from '../../../src/store/embedded-postgres/start.ts';
import { migrate } from '../../../src/store/migrate.ts';

export interface BenchServer extends AsyncDisposable {
  /** Gives a new migrated database, or a copy of one that nobody uses now. */
  database(from?: BenchDatabase): Promise<BenchDatabase>;
  /** The id of PostgreSQL's first process. */
  postmaster: number;
}

export interface BenchDatabase {
  /** The address for the application's role. */
  url: string;
  /** The address for the superuser. */
  ownerUrl: string;
}

/** Starts the server in a temporary directory. Disposing it leaves nothing behind. */
export async function startServer(): Promise<BenchServer> {
  await using parts = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-bench-'));
  parts.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = parts.use(await startEmbeddedPostgres({ dataDir }));
  const named = (address: string, name: string) =>
    Object.assign(new URL(address), { pathname: `/${name}` }).href;
  const role = escapeIdentifier(new URL(server.url).username);
  const create = async (name: string, template: string): Promise<BenchDatabase> => {
    const client = new Client({ connectionString: named(server.ownerUrl, 'postgres') });
    await client.connect();
    await client.query(`create database ${name} template ${template} owner ${role}`);
    await client.end();
    return { url: named(server.url, name), ownerUrl: named(server.ownerUrl, name) };
  };
  await migrate((await create('migrated', 'template1')).url);
  let databases = 0;
  // The server is in a session of its own and would outlive us.
  const interrupted = () => void owned.disposeAsync().finally(() => process.exit(1));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupted);
  parts.defer(() => {
    for (const signal of signals) process.off(signal, interrupted);
  });
  const owned = parts.move();
  return {
    postmaster: Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]),
    database: (from) =>
      create(`bench_${++databases}`, from ? new URL(from.url).pathname.slice(1) : 'migrated'),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
