/** Bulk work believes a grant once a look shows the admin; many chats share the look. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Halves, startHalves } from '../support/halves.ts';

let halves: Halves;
let school: string;

beforeEach(async () => {
  // The test counts looks, so chats wait for each other, however slow the machine is.
  halves = await startHalves({ overrides: { vkLimits: { lookLingerMs: 1_000 } } });
  school = await halves.importSchool();
});
afterEach(() => halves[Symbol.asyncDispose]());

const sent = (method: string): number => halves.sandbox.api.stats.calls[method] ?? 0;

test('grants of many chats are confirmed by one look, and no members are read', async () => {
  await halves.initialize(school, ['class', 'parents', 'subject']);
  await halves.workAll();
  expect(await halves.differences()).toEqual([]);
  expect(sent('messages.setMemberRole')).toBeGreaterThan(10);
  expect(sent('messages.getConversationMembers')).toBe(0);
  expect(sent('messages.getConversationsById')).toBe(1);
});

test('where looks do not tell who the admins are, the members are read', async () => {
  halves.sandbox.world.faults.bareLooks = true;
  await halves.initialize(school, ['class']);
  await halves.workAll();
  expect(await halves.differences()).toEqual([]);
  expect(sent('messages.getConversationMembers')).toBeGreaterThan(0);
});

test('a grant that a look does not show is made again', async () => {
  halves.sandbox.world.faults.add({ method: 'messages.setMemberRole', fault: 935, times: 1 });
  await halves.initialize(school, ['class']);
  await halves.workAll();
  expect(await halves.differences()).toEqual([]);
});

test('who has left before the rights are taken away is seen to be out, and is added again', async () => {
  await halves.initialize(school, ['class']);
  await halves.workAll();
  const chat = [...halves.sandbox.world.chats.values()].find(({ members }) => members.size > 5)!;
  const [pupil] = [...chat.members].find(([id, { isAdmin }]) => !isAdmin && id !== chat.ownerId)!;
  halves.sandbox.world.setAdminByHand(chat.id, pupil, true);
  await halves.initialize(school, ['class']);
  halves.sandbox.world.leave(chat.id, pupil);
  const before = sent('messages.setMemberRole');
  await halves.workAll();
  expect(sent('messages.setMemberRole') - before).toBe(1);
  expect(await halves.differences()).toEqual([]);
});
