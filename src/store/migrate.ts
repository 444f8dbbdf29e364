import { assertSchemaCompatibility, runMigrations } from 'bullmq';
import pg from 'pg';
import { stateOf } from './errors.ts';
import { createOrm } from './orm.ts';
import { APP_ROLE, ensureRoles, hasRoles } from './roles.ts';
import { isWalled, raiseWall } from './wall.ts';

/** A server that does not answer in this time is not there. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Several processes may migrate at once; one does, the others wait. */
const MIGRATION_LOCK = 7_321_904;
export const QUEUE_SCHEMA = 'bullmq';

/**
 * Brings our schema and the queue's to this version of the code, and the application's rights with them.
 * `ownerUrl`: the role that owns the tables; `databaseUrl`: the one that the application logs in as, which may be the
 * same. Safe to repeat and to run from several processes.
 */
export async function migrate(ownerUrl: string, databaseUrl = ownerUrl): Promise<void> {
  const client = await connect(ownerUrl);
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(client, [...new Set([loginOf(ownerUrl), loginOf(databaseUrl)])]);
    const orm = await createOrm(ownerUrl, { poolMax: 2, asOwner: true });
    try {
      await orm.migrator.up();
    } finally {
      await orm.close(true);
    }
    await runMigrations(client, QUEUE_SCHEMA);
    await raiseWall(client);
    await client.query(QUEUE_RIGHTS);
  } finally {
    await client.end();
  }
}

/** The queue's tables are its own business: the application may do there all that BullMQ does, sequences of ids included. */
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

export class NotMigratedError extends Error {
  constructor(what: string) {
    super(`the database is not at this version's schema (${what}): run \`npm run migrate\` first`);
    this.name = 'NotMigratedError';
  }
}

/** Throws NotMigratedError unless both our migrations and the queue's have run and the wall stands (wall.ts). */
export async function assertMigrated(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  const orm = await createOrm(databaseUrl, { poolMax: 1 });
  try {
    if (!(await hasRoles(client))) throw new NotMigratedError('roles');
    // Asked what is pending, the migrator would make its table, which the application may not.
    if (!(await hasHistory(client))) throw new NotMigratedError('nothing is there');
    await client.query(`set role ${APP_ROLE}`);
    const pending = await orm.migrator.getPending();
    if (pending.length > 0) throw new NotMigratedError(pending.map((m) => m.name).join(', '));
    if (!(await isWalled(client))) throw new NotMigratedError('the wall between schools does not stand');
    await assertSchemaCompatibility(client, QUEUE_SCHEMA).catch((error: Error) => {
      throw new NotMigratedError(`queue: ${error.message}`);
    });
  } finally {
    await orm.close(true);
    await client.end();
  }
}

async function hasHistory(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.mikro_orm_migrations') is not null as there`,
  );
  return rows[0]!.there;
}

function loginOf(databaseUrl: string): string {
  return decodeURIComponent(new URL(databaseUrl).username);
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
