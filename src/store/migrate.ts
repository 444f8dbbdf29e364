import { runMigrations, assertSchemaCompatibility } from 'bullmq';
import pg from 'pg';
import { createOrm } from './orm.ts';

/** Several processes may migrate at once; one does, the others wait. */
const MIGRATION_LOCK = 7_321_904;
export const QUEUE_SCHEMA = 'bullmq';

/** Brings our schema and the queue's to this version of the code. Safe to repeat and to run from several processes. */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
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
  const orm = await createOrm(databaseUrl, { poolMax: 1 });
  try {
    const pending = await orm.migrator.getPending();
    if (pending.length > 0) throw new NotMigratedError(pending.map((m) => m.name).join(', '));
  } finally {
    await orm.close(true);
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await assertSchemaCompatibility(client, QUEUE_SCHEMA);
  } catch (error) {
    throw new NotMigratedError(`queue: ${(error as Error).message}`);
  } finally {
    await client.end();
  }
}
