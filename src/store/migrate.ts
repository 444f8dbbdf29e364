import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations } from 'bullmq';
import type pg from 'pg';
import { messageOf } from '../errors.ts';
import { stateOf } from './errors.ts';
import { createOrm } from './orm.ts';
import { assertOwnSession } from './pooler.ts';
import { APP_ROLE, ensureRoles, hasRoles } from './roles.ts';
import { oneRow } from './rows.ts';
import { singleClient } from './single-client.ts';
import { isWalled, raiseWall } from './wall.ts';

/** A server that does not answer within this time is not there. */
const CONNECT_TIMEOUT_MS = 10_000;
/** When several processes migrate at once, one does it and the others wait. */
const MIGRATION_LOCK = 7_321_904;
const MIGRATIONS_FOLDER = join(import.meta.dirname, '../../migrations');
export const QUEUE_SCHEMA = 'bullmq';

/** How long a lock on a table is waited for. The wait also holds up the running version's statements behind it. */
const LOCK_TIMEOUT_MS = 3_000;
const LOCK_PAUSE_MS = 5_000;
const LOCK_NOT_AVAILABLE = '55P03';
/** A backup that reads all tables may take this long. */
const PATIENCE_MS = 30 * 60_000;

export interface MigrateOptions {
  /** Called with what is waited for. */
  say?: (text: string) => void;
  /** How long a table that others hold is asked for again. */
  patienceMs?: number;
}

/**
 * Brings our schema, the queue's and the application's rights to this version of the code. What is current is left
 * alone, so nothing waits for a backup that reads. Safe to repeat and to run from several processes.
 * `ownerUrl`: the role that owns the tables. `databaseUrl`: the role that the application logs in as, which may be the
 * same.
 */
export async function migrate(
  ownerUrl: string,
  databaseUrl = ownerUrl,
  { say = () => {}, patienceMs = PATIENCE_MS }: MigrateOptions = {},
): Promise<void> {
  const client = await connect(ownerUrl);
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await ensureRoles(client, [...new Set([loginOf(ownerUrl), loginOf(databaseUrl)])]);
    const endsAtMs = performance.now() + patienceMs;
    for (;;) {
      try {
        return await bringUp(client, ownerUrl);
      } catch (error) {
        if (stateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
        const what = 'the migration needs a table that others hold, such as a backup under way';
        if (performance.now() >= endsAtMs) throw new Error(`${what}: nothing was changed`, { cause: error });
        say(`${what}: it is tried again every ${LOCK_PAUSE_MS / 1000} s`);
        await delay(LOCK_PAUSE_MS);
      }
    }
  } finally {
    await client.end();
  }
}

async function bringUp(client: pg.Client, ownerUrl: string): Promise<void> {
  if (!(await hasHistory(client)) || (await pending(client)).length > 0) await runPending(ownerUrl);
  // BullMQ's own migration alters its table even where nothing is to be done.
  if (!(await isQueueCurrent(client))) await runMigrations(client, QUEUE_SCHEMA);
  await raiseWall(client);
  await client.query(QUEUE_RIGHTS);
}

async function runPending(ownerUrl: string): Promise<void> {
  // Migrations are loaded only where one must run, because few starts have any.
  const { MIGRATIONS: migrations } = await import('./migrations.ts');
  const orm = await createOrm(ownerUrl, {
    ...{ poolMax: 2, asOwner: true, lockTimeoutMs: LOCK_TIMEOUT_MS, migrations },
  });
  try {
    await orm.migrator.up();
  } finally {
    await orm.close(true);
  }
}

/** Whether the queue's schema is this version's, by its own table of versions. */
async function isQueueCurrent(client: pg.Client): Promise<boolean> {
  const version = await assertSchemaCompatibility(client, QUEUE_SCHEMA).catch((error: Error) => {
    if (error.name === 'SchemaMigrationRequiredError') return 0;
    throw error;
  });
  return version >= LATEST_SCHEMA_VERSION;
}

/**
 * The application's rights in the queue's schema. BullMQ looks after these tables, so the application may do there all
 * that BullMQ does, also with sequences of ids.
 */
const QUEUE_RIGHTS = `
do $$ begin
  if not has_schema_privilege('${APP_ROLE}', '${QUEUE_SCHEMA}', 'create') then
    grant usage, create on schema ${QUEUE_SCHEMA} to ${APP_ROLE};
  end if;
  if exists (select from pg_class where relnamespace = '${QUEUE_SCHEMA}'::regnamespace and relkind in ('r', 'p', 'v')
      and not has_table_privilege('${APP_ROLE}', oid, 'select, insert, update, delete')) then
    grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to ${APP_ROLE};
    grant usage, select on all sequences in schema ${QUEUE_SCHEMA} to ${APP_ROLE};
  end if;
end $$`;

/** The database is not at this version's schema. The message says what is missing and what to run. */
export class NotMigratedError extends Error {
  constructor(what: string) {
    super(`the database is not at this version's schema (${what}): run \`npm run migrate\` first`);
    this.name = 'NotMigratedError';
  }
}

/**
 * Checks that our migrations and the queue's have run and the wall stands (wall.ts).
 * @throws NotMigratedError
 */
export async function assertMigrated(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  try {
    if (!(await hasRoles(client))) throw new NotMigratedError('roles');
    if (!(await hasHistory(client))) throw new NotMigratedError('it has no tables yet');
    await client.query(`set role ${APP_ROLE}`);
    const missing = await pending(client);
    if (missing.length > 0) throw new NotMigratedError(missing.join(', '));
    if (!(await isWalled(client))) throw new NotMigratedError('the wall between schools is missing');
    await assertSchemaCompatibility(client, QUEUE_SCHEMA).catch((error: Error) => {
      throw new NotMigratedError(`queue: ${error.message}`);
    });
  } finally {
    await client.end();
  }
}

/**
 * Names our migrations that have not run, by their files and the migrator's own table. The migrator itself would open a connection of
 * its own at every start, and make that table, which the application may not do.
 */
async function pending(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from mikro_orm_migrations');
  const done = new Set(rows.map(({ name }) => name));
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) => /^\d{4}-.*\.ts$/.test(file)).sort();
  return files.map((file) => basename(file, '.ts')).filter((name) => !done.has(name));
}

async function hasHistory(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.mikro_orm_migrations') is not null as there`,
  );
  return oneRow(rows).there;
}

function loginOf(databaseUrl: string): string {
  return decodeURIComponent(new URL(databaseUrl).username);
}

/**
 * Connects.
 * @throws an error that says which server did not answer, and never its password
 */
async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = singleClient({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  try {
    await client.connect();
    await assertOwnSession(client, databaseUrl);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    const { hostname, port, pathname } = new URL(databaseUrl);
    const why = messageOf(error) || stateOf(error);
    throw new Error(`PostgreSQL at ${hostname}:${port || 5432}${pathname} cannot be used: ${why}`, {
      cause: error,
    });
  }
}
