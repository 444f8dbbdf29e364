/** V6: a connection that is cut between two statements ends its transaction and nothing else. */
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { expect, test, vi } from 'vitest';
import { Database } from '../../src/store/database.ts';
import { isPassing } from '../../src/store/errors.ts';
import { createOrm } from '../../src/store/orm.ts';
import { singleClient } from '../../src/store/single-client.ts';
import { createTestDatabase } from '../support/database.ts';

/** Gives a session that cuts others from outside and waits until they are gone. */
async function cutter(url: string) {
  const client = singleClient({ connectionString: url });
  await client.connect();
  const isGone = async (pid: number) =>
    (await client.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 0;
  return {
    async cut(pid: number) {
      await client.query('select pg_terminate_backend($1)', [pid]);
      await vi.waitFor(async () => expect(await isGone(pid)).toBe(true));
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

test('the process lives on, the work fails as passing, and the pool serves again', async () => {
  await using database = await createTestDatabase();
  await using db = await Database.open(database.url, { poolMax: 1 });
  await using other = await cutter(database.ownerUrl);
  const cut = db.transactionOf('s1', async ({ sql: tx }) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await other.cut(rows[0]!.pid);
    await sql`select 1`.execute(tx);
  });
  const error = await cut.catch((failure: unknown) => failure);
  expect(isPassing(error)).toBe(true);
  expect((await sql`select 1 as one`.execute(db.of('s1'))).rows).toEqual([{ one: 1 }]);
});

const PID = 'select pg_backend_pid() as pid';

test('so does one outside of a pool, and one of a pool that serves the start alone', async () => {
  await using database = await createTestDatabase();
  await using other = await cutter(database.ownerUrl);
  const single = singleClient({ connectionString: database.url });
  await single.connect();
  await other.cut((await single.query<{ pid: number }>(PID)).rows[0]!.pid);
  expect(isPassing(await single.query('select 1').catch((failure: unknown) => failure))).toBe(true);
  await single.end();
  const orm = await createOrm(database.url, { poolMax: 1 });
  const pool = (await orm.em.getConnection().getNativeClient()) as Pool;
  const taken = await pool.connect();
  await other.cut((await taken.query<{ pid: number }>(PID)).rows[0]!.pid);
  expect(isPassing(await taken.query('select 1').catch((failure: unknown) => failure))).toBe(true);
  taken.release(true);
  await orm.close(true);
});
