/** An operation ends when its chats are done, also if one of them was done or gone when following began. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bySystem } from '../../src/author.ts';
import { finishOperations } from '../../src/planning/end-operations.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { beginOperation, goOn, openOperation } from '../../src/rows/operation.ts';
import { addPlanned, followAnew } from '../../src/rows/operation-chat.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { everywhere } from '../support/everywhere.ts';
import { addChat, addSchool } from '../support/seeds.ts';

const AT = new Date('2026-10-01T09:00:00Z');
const OF = { schoolId: 's1', id: '00000000-0000-4000-8000-000000000001' };

let world: ApiWorld;
let chatId: string;
beforeEach(async () => {
  world = await createApiWorld();
  await addSchool(world.db, 's1');
  chatId = await addChat(world.db, 's1', { type: 'class', title: '5А класс' });
  await world.db.transactionOf('s1', async ({ sql: tx }) => {
    const operation = { kind: 'events', params: {}, by: bySystem('drift'), at: AT } as const;
    await openOperation(tx, { ...OF, ...operation });
    await beginOperation(tx, OF.id, AT);
    await goOn(tx, OF);
  });
});
afterEach(() => world[Symbol.asyncDispose]());

const follow = (anew = false) =>
  world.db.transactionOf('s1', async ({ sql: tx }) => {
    const chat = { chatId, type: 'class', title: '5А класс', actions: [] } as const;
    await moveGenerations(tx, [chatId], { cause: 'test', priority: 'event', at: AT });
    await addPlanned(tx, OF, [chat], new Set([chatId]));
    if (anew) await sql`update operation_chat set done_at = ${AT}`.execute(tx);
  });

async function stateAfter(change: string): Promise<string> {
  await sql`update chat set ${sql.raw(change)}`.execute(everywhere(world.db));
  await finishOperations(world.ctx, 's1', [OF.id]);
  const { rows } = await sql<{ state: string }>`select state from operation`.execute(everywhere(world.db));
  return rows[0]!.state;
}

test('it waits for a chat with work', async () => {
  await follow();
  expect(await stateAfter('attempts = 1')).toBe('running');
});

test.each([
  ['has settled', 'settled_generation = generation'],
  ['is deleted', `deleted_at = '2026-10-01T09:00:00Z'`],
])('it does not wait for a chat that %s and was not ticked off', async (_, change) => {
  await follow();
  expect(await stateAfter(change)).toBe('succeeded');
});

test('a decision follows no chat that has no work left', async () => {
  await follow(true);
  await sql`update chat set settled_generation = generation`.execute(everywhere(world.db));
  await world.db.transactionOf('s1', ({ sql: tx }) => followAnew(tx, OF, [chatId]));
  const { rows } = await sql`select from operation_chat where done_at is null`.execute(everywhere(world.db));
  expect(rows).toEqual([]);
});
