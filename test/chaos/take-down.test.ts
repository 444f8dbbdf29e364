/** G1: a chat is left only once nobody is in it, whatever single answers say: afterwards nobody of ours sees it. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestDeletion } from '../../src/operations/delete-chat.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';

let halves: Halves;
let school: string;
let chatId: string;

beforeEach(async () => {
  halves = await startHalves();
  school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  [chatId] = (await halves.chatIds()) as [string];
  await halves.workAll();
});
afterEach(() => halves[Symbol.asyncDispose]());

/** Deletes the chat. Retries come at once. */
async function deleted(): Promise<void> {
  await requestDeletion(halves.ctx, {
    ...{ schoolId: school, chatIds: [chatId], recreate: true, by: { id: 'test', kind: 'operator' } },
  });
  for (let tries = 0; tries < 6; tries++) {
    await sql`update chat set not_before = null, look_again_at = null`.execute(everywhere(halves.ctx));
    await halves.workAll();
  }
  const { rows } = await sql`select from chat where deleted_at is not null`.execute(everywhere(halves.ctx));
  expect(rows).toHaveLength(1);
}

test.each([
  ['somebody is said to be out already', { method: 'messages.removeChatUser', fault: 935, times: 1 }],
  ['the chat is said to be lost', { method: 'messages.getConversationMembers', fault: 917, times: 2 }],
  ['the chat is said to be lost in the middle', { method: 'messages.removeChatUser', fault: 917, times: 2 }],
])('where %s, and that is not so, nobody stays', async (_, fault) => {
  halves.sandbox.world.faults.add(fault);
  await deleted();
  expect([...halves.sandbox.world.chats.values()].flatMap((c) => [...c.members])).toEqual([]);
});

test('where our own account is said to be out already, it leaves all the same', async () => {
  const { ownerId } = [...halves.sandbox.world.chats.values()][0]!;
  halves.sandbox.world.faults.add({
    ...{ method: 'messages.removeChatUser', userId: ownerId, fault: 935, times: 1 },
  });
  await deleted();
  expect([...halves.sandbox.world.chats.values()].flatMap((c) => [...c.members])).toEqual([]);
});
