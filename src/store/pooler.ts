import type pg from 'pg';
import { oneRow } from './rows.ts';
import { singleClient } from './single-client.ts';

/** So many other clients hold a transaction at once while ours holds none. */
const OTHERS = 3;

/**
 * Refuses a pooler that gives each transaction another server session. Our advisory locks, settings, prepared
 * statements and the queue's LISTEN belong to one session, and would be lost or left to strangers. A pooler in session
 * mode is as good as the server itself.
 *
 * The sign of a pooler is that the process which the greeting names is not the one that answers. In transaction mode
 * the session of a client at rest is lent out, so one of the others gets ours, or ours changes.
 * @throws where the pooler is in transaction mode
 */
export async function assertOwnSession(client: pg.Client, databaseUrl: string): Promise<void> {
  const own = await processOf(client);
  // The driver's types do not tell of the process id that the server gave.
  if (own === (client as unknown as { processID: number | null }).processID) return;
  const others = await Promise.all(Array.from({ length: OTHERS }, () => inTransaction(databaseUrl)));
  try {
    const lent = others.some(({ processId }) => processId === own);
    if (lent || (await processOf(client)) !== own) throw new Error(REFUSAL);
  } finally {
    await Promise.all(others.map(({ client }) => client.end()));
  }
}

const REFUSAL =
  'DATABASE_URL leads to a pooler in transaction mode, which loses locks, settings and notifications: set it to session mode (PgBouncer: pool_mode = session), or give the address of PostgreSQL itself';

async function inTransaction(databaseUrl: string) {
  const client = singleClient({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  return { client, processId: await processOf(client) };
}

async function processOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>('select pg_backend_pid() as id');
  return oneRow(rows).id;
}
