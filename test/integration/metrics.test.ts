/** What `/metrics` tells of schools, accounts, decisions and of the process itself. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { everywhere } from '../support/everywhere.ts';
import { readScrape } from '../support/promtool.ts';
import { addChat, addSchool } from '../support/seeds.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  const db = everywhere(world.db);
  for (const id of ['s1', 's2']) {
    await addSchool(world.db, id);
    for (const title of ['5А', '5Б']) await addChat(world.db, id, { type: 'class', title });
  }
  for (const [id, status, pace, owner] of [
    ['s1', 'ok', 3, 11],
    ['s2', 'broken', 20, 12],
  ] as const)
    await sql`insert into sferum_account (school_id, owner_id, community_id, token_kind, access_token_sealed, status,
        requests_per_second) values (${id}, ${owner}, 1, 'user', 'x', ${status}, ${pace})`.execute(db);
  await sql`update chat set condition = 'synced'`.execute(db);
  await sql`update chat set condition = 'behind', condition_since = now() - interval '90 seconds'
    where school_id = 's1' and title = '5А'`.execute(db);
  // A school whose account does not work lags because of that, and another figure counts it.
  await sql`update chat set condition = 'behind', condition_since = now() - interval '9 days' where school_id = 's2'`.execute(
    db,
  );
  await sql`update school set roster_taken_at = now() - interval '100 seconds' where id = 's1'`.execute(db);
  for (const [n, age] of ['10 minutes', '5 hours', '3 days', '20 days'].entries())
    await sql`insert into operation (id, school_id, kind, state, created_by, created_by_kind, created_at)
      values (${`00000000-0000-4000-8000-00000000000${n}`}, 's1', 'drift', 'held', 'drift', 'system',
        now() - ${age}::interval)`.execute(db);
  await sql`insert into process (id, role, connections, seen_at)
    values (gen_random_uuid(), 'worker', 5, now()), (gen_random_uuid(), 'worker', 5, now() - interval '5 minutes')`.execute(
    db,
  );
});
afterAll(() => world[Symbol.asyncDispose]());

async function figures(): Promise<Map<string, number>> {
  return readScrape(await (await world.request('/metrics')).text());
}

test('each state is told, also where nothing is in it', async () => {
  const told = await figures();
  const wanted = {
    'chats_by_condition{condition="behind"}': 3,
    'chats_by_condition{condition="failing"}': 0,
    'holds_by_age{age="hour"}': 1,
    'holds_by_age{age="day"}': 1,
    'holds_by_age{age="week"}': 1,
    'holds_by_age{age="longer"}': 1,
    operations_open: 0,
    'sferum_accounts{status="ok"}': 1,
    'sferum_accounts{status="broken"}': 1,
    sferum_requests_allowed_per_second: 3,
    'processes{role="worker"}': 1,
    'processes{role="api"}': 0,
    sferum_requests_total: 0,
    'told_messages_waiting{to="mail"}': 0,
    'told_messages_oldest_seconds{to="webhook"}': 0,
    'invariant_breaches_total{invariant="pupil-in-parents-chat"}': 0,
    'database_connections{state="waiting"}': 0,
  };
  expect(Object.fromEntries([...told].filter(([name]) => name in wanted))).toEqual(wanted);
});

test('ages are told in seconds: of the oldest change in schools whose account works, and of each list', async () => {
  const told = await figures();
  expect(told.get('chats_behind_oldest_seconds')).toBeGreaterThanOrEqual(90);
  expect(told.get('chats_behind_oldest_seconds')).toBeLessThan(90 + 600);
  expect(told.get('roster_age_seconds{school="s1"}')).toBeGreaterThanOrEqual(100);
  expect(told.has('roster_age_seconds{school="s2"}')).toBe(false);
  expect(told.get('database_connections{state="open"}')).toBeGreaterThan(0);
});

test('no figure of the schools is told, and the others are, where the database does not answer', async () => {
  await using away = await createApiWorld();
  await away.db[Symbol.asyncDispose]();
  const text = await (await away.request('/metrics')).text();
  for (const name of ['operations_open', 'chats_behind_oldest_seconds', 'holds_by_age', 'sferum_accounts'])
    expect(text).not.toMatch(new RegExp(`^${name}[ {]`, 'm'));
  expect(text).toMatch(/^sferum_requests_total 0$/m);
});
