/** Rule 7 for waiting: work that waits for one school holds up no other. */
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp, USUAL_CONNECTIONS } from '../support/app.ts';
import { FIRST, firstSchool, SECOND, secondSchool, together } from '../support/two-schools.ts';

const HELD_MS = 6_000;
const PROMPT_MS = 1_500;
const EVENTS = 25;

let world: TestApp;
beforeAll(async () => {
  // As many connections as by default: what a school may take of them is what the tests are about.
  world = await startTestApp({ env: { LIMIT_DATABASE_CONNECTIONS: USUAL_CONNECTIONS } });
  await world.importRoster(together(firstSchool(), secondSchool()));
});
afterAll(() => world[Symbol.asyncDispose]());

let told = 0;
function tell(school: string, count = 1): Promise<Response>[] {
  return Array.from({ length: count }, () => {
    const id = `e${told++}`;
    const data = { id: `p-${id}`, familyName: 'Новый', givenName: 'А', roles: ['staff'] };
    const time = new Date().toISOString();
    return world.request(`/v1/schools/${school}/events`, {
      method: 'POST',
      as: { role: 'service', school, sub: 'sgo' },
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify([
        { ...{ specversion: '1.0', source: 'sgo', id, type: 'sgo.person.saved' }, data, time },
      ]),
    });
  });
}

/** Another process holds the school, as one that applies a large import does. */
async function hold(school: string): Promise<() => Promise<void>> {
  const other = new Client({ connectionString: world.app.databaseUrl });
  await other.connect();
  await other.query('select pg_advisory_lock(hashtextextended($1, 0))', [`school:${school}`]);
  return () => other.end();
}

const statuses = async (responses: Promise<Response>[]) =>
  (await Promise.all(responses)).map((response) => response.status);

test('while a school is held, its waiting events hold up no page, no probe and no event of another school', async () => {
  const letGo = await hold(FIRST);
  const heldAtMs = performance.now();
  const waiting = tell(FIRST, EVENTS);
  while (performance.now() - heldAtMs < HELD_MS) {
    const askedAtMs = performance.now();
    const page = world.request(`/v1/schools/${SECOND}/chats`, { as: { role: 'operator', sub: 'op' } });
    const own = world.request(`/v1/schools/${FIRST}/chats`, { as: { role: 'operator', sub: 'op' } });
    const ready = world.request('/readyz');
    expect(await statuses([page, own, ready, ...tell(SECOND)])).toEqual([200, 200, 200, 202]);
    expect(performance.now() - askedAtMs).toBeLessThan(PROMPT_MS);
  }
  await letGo();
  expect(await statuses(waiting)).toEqual(Array(EVENTS).fill(202));
}, 30_000);

test('of very many that wait for one school those beyond the bound are told at once when to come again', async () => {
  const letGo = await hold(FIRST);
  const askedAtMs = performance.now();
  const answers = tell(FIRST, 60);
  const first = await Promise.race(answers);
  expect(first.status).toBe(503);
  expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(performance.now() - askedAtMs).toBeLessThan(PROMPT_MS);
  await letGo();
  const all = await statuses(answers);
  expect(all.filter((status) => status === 202)).toHaveLength(51);
  expect(all.filter((status) => status === 503)).toHaveLength(9);
}, 30_000);

test('rows of one school that stand still hold up its own work alone', async () => {
  const other = new Client({ connectionString: world.app.databaseUrl });
  await other.connect();
  await other.query('begin');
  await other.query(`select set_config('app.school', $1, true)`, [FIRST]);
  await other.query('select 1 from school where id = $1 for update', [FIRST]);
  const { ctx } = world;
  const stuck = Array.from({ length: 40 }, () =>
    ctx.db.transactionOf(FIRST, async ({ sql: tx }) => {
      await sql`update school set revision = revision where id = ${FIRST}`.execute(tx);
    }),
  );
  const outcomes = Promise.allSettled(stuck);
  const askedAtMs = performance.now();
  expect(await statuses(tell(SECOND))).toEqual([202]);
  expect(performance.now() - askedAtMs).toBeLessThan(PROMPT_MS);
  await other.query('rollback');
  await other.end();
  await outcomes;
}, 30_000);
