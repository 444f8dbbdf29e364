/** The relay's cost of operations depends on how many can go on, not on how many are open. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Context } from '../../src/context.ts';
import { operationsThatGoOn } from '../../src/outbox/relay-operations.ts';
import { tickOff } from '../../src/rows/operation-chat.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { makeSchoolsAtRest } from '../support/schools-at-rest.ts';
import { addOperation } from '../support/seeds.ts';

const SIZE = { chats: 4, people: 10, membersOfChat: 1, journalLines: 4 };

let database: TestDatabase;
let halves: Halves;
let ctx: Context;
beforeEach(async () => {
  database = await createTestDatabase();
  await makeSchoolsAtRest(database.ownerUrl, 3, SIZE);
  halves = await startHalves({ databaseUrl: database.url });
  ctx = halves.ctx;
});
afterEach(async () => {
  await halves[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Opens an initialisation that has done its own work and follows two chats of the school. */
async function following(schoolId: string): Promise<string> {
  const params = { types: [], strict: false, dryRun: false, following: true };
  const id = await addOperation(ctx.db, {
    ...{ school_id: schoolId, kind: 'initialization', state: 'running', params },
  });
  await sql`with left_over as (update chat set generation = 4, not_before = now() + interval '1 day'
      where id in (select id from chat where school_id = ${schoolId} order by id limit 2) returning *)
    insert into operation_chat (operation_id, chat_id, school_id, ordinal, first_action, type, title, actions, generation)
    select ${id}, id, school_id, peer_id, peer_id, type, title, '[]', generation from left_over`.execute(
    everywhere(ctx),
  );
  return id;
}

async function chatsOf(operationId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select chat_id as id from operation_chat where operation_id = ${operationId}`.execute(everywhere(ctx));
  return rows.map(({ id }) => id);
}

const due = async (schoolIds: string[] | null) =>
  (await operationsThatGoOn(ctx, schoolIds)).map(({ operationId }) => operationId);

test('an operation that waits for its chats is left alone until the last of them is done', async () => {
  const id = await following('rest-1');
  const [first, last] = await chatsOf(id);
  const tick = (chatId: string) =>
    tickOff(everywhere(ctx), [{ chatId, generation: 4, apiCalls: 0, problem: null }], new Date());
  expect(await due(null)).toEqual([]);
  await tick(first!);
  expect(await due(null)).toEqual([]);
  await tick(last!);
  expect(await due(null)).toEqual([id]);
});

test('a wake finds the operations of its own school alone, a sweep those of all', async () => {
  const open = (schoolId: string) =>
    addOperation(ctx.db, { school_id: schoolId, kind: 'check', state: 'queued', params: {} });
  const [one, two] = [await open('rest-1'), await open('rest-2')];
  expect(await due(['rest-2'])).toEqual([two]);
  expect(new Set(await due(null))).toEqual(new Set([one, two]));
});
