/** V6: a connection that is cut between two statements of a transaction ends that transaction, and nothing else. */
import { sql } from 'kysely';
import { Client } from 'pg';
import { expect, test, vi } from 'vitest';
import { Database } from '../../src/store/database.ts';
import { isPassing } from '../../src/store/errors.ts';
import { createTestDatabase } from '../support/database.ts';

test('the process lives on, the work fails as passing, and the pool serves again', async () => {
  await using database = await createTestDatabase();
  await using db = await Database.open(database.url, { poolMax: 1 });
  const other = new Client({ connectionString: database.ownerUrl });
  await other.connect();
  const isGone = async (pid: number) =>
    (await other.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 0;
  const cut = db.transactionOf('s1', async ({ sql: tx }) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await other.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    await vi.waitFor(async () => expect(await isGone(rows[0]!.pid)).toBe(true));
    await sql`select 1`.execute(tx);
  });
  const error = await cut.catch((failure: unknown) => failure);
  expect(isPassing(error)).toBe(true);
  expect((await sql`select 1 as one`.execute(db.of('s1'))).rows).toEqual([{ one: 1 }]);
  await other.end();
});
