/** Connections to PostgreSQL are few: the product works with what it has, and says how many it may take. */
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { startProgram } from '../support/child-process.ts';
import { createTestDatabase } from '../support/database.ts';
import { startHalves } from '../support/halves.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';
import { use } from '../support/use.ts';

/** Looks again and again. Gives the largest number of connections that the program had at one time. */
async function counting(databaseUrl: string): Promise<() => Promise<number>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  let most = 0;
  let isEnded = false;
  const looking = (async () => {
    while (!isEnded) {
      const { rows } = await client.query<{ n: number }>(`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`);
      most = Math.max(most, rows[0]!.n);
    }
  })();
  return async () => {
    isEnded = true;
    await looking;
    await client.end();
    return most;
  };
}

test('LIMIT_DATABASE_CONNECTIONS=2: everything works with two, and the least that BullMQ needs beside them', async () => {
  const world = use(await startTestApp({ env: { LIMIT_DATABASE_CONNECTIONS: '2' } }));
  const most = await counting(world.app.databaseUrl);
  const school = await importSmallSchool(world);
  expect((await initializeAll(world, school)).state).toBe('succeeded');
  expect(await world.differences([school])).toEqual([]);
  const pages = await Promise.all(
    Array.from({ length: 30 }, () =>
      world.request(`/v1/schools/${school}/chats`, { as: { role: 'operator', sub: 'op' } }),
    ),
  );
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await most()).toBeLessThanOrEqual(2 + 3 + 1);
}, 90_000);

test('where the server has fewer than the processes may take, they wait for each other', async () => {
  const database = use(await createTestDatabase());
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  use({ [Symbol.asyncDispose]: () => owner.end() });
  await owner.query(`alter database ${new URL(database.url).pathname.slice(1)} connection limit 24`);
  const halves = use(await startHalves({ databaseUrl: database.url }));
  const worker = use(startProgram('worker', halves.env));
  await worker.ready();
  const school = await halves.importSchool();
  await halves.initialize(school, ['staff', 'class', 'parents', 'subject']);
  await halves.settled(60_000);
  expect(await halves.differences()).toEqual([]);
}, 120_000);

test('a start that may take more than the server allows says how many each process should take', async () => {
  const database = use(await createTestDatabase());
  const env = { DATABASE_URL: database.url, SFERUM_API_URL: 'http://127.0.0.1:9/method' };
  const worker = use(startProgram('worker', { ...env, LIMIT_DATABASE_CONNECTIONS: '500' }));
  await worker.ready();
  expect(worker.lines.join('\n')).toMatch(
    /1 processes may take 500 connections, PostgreSQL allows \d+: set LIMIT_DATABASE_CONNECTIONS=\d+/,
  );
});
