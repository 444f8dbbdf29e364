import { assertSchemaCompatibility, runMigrations } from 'bullmq';
import pg from 'pg';
import { stateOf } from './database.ts';
import { createOrm } from './orm.ts';

/** A server that does not answer in this time is not there. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Several processes may migrate at once; one does, the others wait. */
const MIGRATION_LOCK = 7_321_904;
export const QUEUE_SCHEMA = 'bullmq';

/** Brings our schema and the queue's to this version of the code. Safe to repeat and to run from several processes. */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const orm = await createOrm(databaseUrl, { poolMax: 2 });
    try {
      await orm.migrator.up();
    } finally {
      await orm.close(true);
    }
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}

export class NotMigratedError extends Error {
  constructor(what: string) {
    super(`the database is not at this version's schema (${what}): run \`npm run migrate\` first`);
    this.name = 'NotMigratedError';
  }
}

/** Throws NotMigratedError unless both our migrations and the queue's have run. */
export async function assertMigrated(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  const orm = await createOrm(databaseUrl, { poolMax: 1 });
  try {
    const pending = await orm.migrator.getPending();
    if (pending.length > 0) throw new NotMigratedError(pending.map((m) => m.name).join(', '));
    await assertSchemaCompatibility(client, QUEUE_SCHEMA).catch((error: Error) => {
      throw new NotMigratedError(`queue: ${error.message}`);
    });
  } finally {
    await orm.close(true);
    await client.end();
  }
}

/** Connects, or says which server it was that did not answer; never its password. */
async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined); // the statement under way fails with it
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    const { hostname, port, pathname } = new URL(databaseUrl);
    const why = (error as Error).message || stateOf(error);
    throw new Error(`PostgreSQL at ${hostname}:${port || 5432}${pathname} cannot be used: ${why}`, {
      cause: error,
    });
  }
}
