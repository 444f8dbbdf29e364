import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { inject } from 'vitest';

/** A database of its own for a test. Disposing drops it, also while somebody is connected. */
export type TestDatabase = {
  /** of the application's role, the database's owner and no superuser */
  url: string;
  /** of the superuser */
  ownerUrl: string;
} & AsyncDisposable;

const TEMPLATE = 'migrated';
/** Held while the template is made; any number that nobody else takes on this server. */
const TEMPLATE_LOCK = 5_550_123;

/** Of this process. */
let connected: Promise<Client> | undefined;
let template: Promise<void> | undefined;

/** A fresh database with our migrations run: a copy of a template that the first call of the run makes. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return withServer(async (server) => {
    template ??= ensureTemplate(server);
    await template;
    return create(server, TEMPLATE);
  });
}

/** A fresh database with nothing in it. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return withServer((server) => create(server, 'template1'));
}

/** A copy of a database as it is this moment, as a backup that is restored. Open connections are cut for it. */
export async function copyDatabase(source: TestDatabase): Promise<TestDatabase> {
  const name = new URL(source.url).pathname.slice(1);
  return withServer(async (server) => {
    await closeToAll(server, name);
    try {
      return await create(server, name);
    } finally {
      await server.query(`alter database ${name} allow_connections true`);
    }
  });
}

/** Keeps a database as it is this moment, for the rest of the run; nobody may use it any more. Gives its copies. */
export async function keepDatabase(source: TestDatabase): Promise<() => Promise<TestDatabase>> {
  const name = new URL(source.url).pathname.slice(1);
  await withServer((server) => closeToAll(server, name));
  return () => withServer((server) => create(server, name));
}

async function closeToAll(server: Client, name: string): Promise<void> {
  await server.query(`alter database ${name} allow_connections false`);
  await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
}

async function create(server: Client, template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  // By files: nothing of a copy needs to stand in the write-ahead log.
  await server.query(
    `create database ${name} template ${template} strategy file_copy owner ${applicationRole()}`,
  );
  const drop = () =>
    withServer(async (again) => {
      await again.query(`drop database if exists ${name} with (force)`);
    });
  return { ...addresses(name), [Symbol.asyncDispose]: drop };
}

async function ensureTemplate(server: Client): Promise<void> {
  if (await templateExists(server)) return;
  await server.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    if (!(await templateExists(server))) await makeTemplate(server);
  } finally {
    await server.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function makeTemplate(server: Client): Promise<void> {
  const unfinished = `${TEMPLATE}_unfinished`;
  await server.query(`drop database if exists ${unfinished} with (force)`);
  await server.query(`create database ${unfinished} owner ${applicationRole()}`);
  const { migrate } = await import('../../src/store/migrate.ts');
  await migrate(addresses(unfinished).url);
  await server.query(`alter database ${unfinished} allow_connections false`);
  await server.query(`alter database ${unfinished} rename to ${TEMPLATE}`);
}

async function templateExists(server: Client): Promise<boolean> {
  const { rowCount } = await server.query('select from pg_database where datname = $1', [TEMPLATE]);
  return rowCount === 1;
}

/** One connection of this process, which ends with it: to open one for each call would cost a third of a copy. */
async function withServer<T>(use: (server: Client) => Promise<T>): Promise<T> {
  connected ??= connect();
  return use(await connected);
}

async function connect(): Promise<Client> {
  const server = new Client({ connectionString: inject('postgres').ownerUrl });
  server.on('error', () => undefined);
  server.once('end', () => {
    connected = undefined;
  });
  await server.connect();
  // The driver's types leave this method out. The process does not stay for the connection's sake.
  (server as Client & { unref(): void }).unref();
  return server;
}

function applicationRole(): string {
  return escapeIdentifier(new URL(inject('postgres').url).username);
}

function addresses(database: string): { url: string; ownerUrl: string } {
  const { url, ownerUrl } = inject('postgres');
  const inDatabase = (address: string) => Object.assign(new URL(address), { pathname: `/${database}` }).href;
  return { url: inDatabase(url), ownerUrl: inDatabase(ownerUrl) };
}
