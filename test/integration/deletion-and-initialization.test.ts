/** G1, F2: a chat that is being deleted is not deleted; what brings it back waits until it is gone. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ADMIN, type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';

const WAITING = { timeout: 20_000, interval: 50 };

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

interface Row {
  condition: string;
  deleting: boolean;
  gone: boolean;
  members: string;
}
async function rowOf(id: string): Promise<Row> {
  const { rows } = await sql<Row>`select condition, deleting_since is not null as deleting,
      deleted_at is not null as gone, (select count(*) from membership where chat_id = chat.id) as members
    from chat where id = ${id}`.execute(everywhere(world.ctx));
  return rows[0]!;
}

/** «5А класс» is being deleted. Nobody leaves it as long as VK lets nobody be removed. */
async function beingDeleted(fault: 10 | 1017): Promise<{ id: string; operationId: string }> {
  world.sandbox.world.faults.add({ method: 'messages.removeChatUser', fault });
  const id = await world.chatId('5А класс');
  const { operationId } = await world.done<{ operationId: string }>(202, 'DELETE', `/v1/chats/${id}`, ADMIN);
  return { id, operationId };
}

const initialize = () =>
  world.done<{ operationId: string }>(202, 'POST', '/v1/schools/s1/initializations', ADMIN, {
    types: ['class'],
  });

test('an initialisation waits for the deletion, then makes the chat anew', async () => {
  const before = [...world.sandbox.world.chats.values()].find(({ title }) => title === '5А класс')!;
  const { id, operationId } = await beingDeleted(10);
  const initialization = await initialize();
  await vi.waitFor(async () => {
    const { rows } = await sql<{ attempts: number }>`select attempts from chat where id = ${id}`.execute(
      everywhere(world.ctx),
    );
    expect(rows[0]!.attempts).toBeGreaterThan(1);
  }, WAITING);
  expect(await rowOf(id)).toMatchObject({ deleting: true, gone: false });
  world.sandbox.world.faults.clear();
  expect(await world.ended(operationId)).toMatchObject({ state: 'succeeded', problems: [] });
  expect(await world.ended(initialization.operationId)).toMatchObject({ state: 'succeeded', problems: [] });
  await world.settled();
  expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
  expect([...before.members.keys()]).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ condition: 'synced', deleting: false, gone: false, members: '4' });
  expect(await world.differences(['s1'])).toEqual([]);
});

test('one that Sferum does not let go is left out, and the initialisation says so', async () => {
  const { id, operationId } = await beingDeleted(1017);
  await world.ended(operationId);
  const { operationId: initialization } = await initialize();
  expect(await world.ended(initialization)).toMatchObject({
    problems: [{ code: 'chat-deleting', chatId: id }],
  });
  expect(await rowOf(id)).toMatchObject({ deleting: true, gone: false });
  expect(world.inSferum('5Б класс')).toBe('102* 204 205');
});
