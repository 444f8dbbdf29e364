/** Pages show and find a pupil in the class that orders say, as chats do, before any list says so (D6). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, PUPIL, startChatWorld } from '../support/chat-world.ts';
import { tell } from '../support/tell-events.ts';

let world: ChatWorld;
beforeAll(async () => {
  world = await startChatWorld();
  const items = [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b', subjectGroupIds: [] }];
  await tell(world, 's1', 'sgo.order.issued', {
    id: 'o1',
    kind: 'transfer',
    effectiveOn: '2026-10-01',
    items,
  });
});
afterAll(() => world[Symbol.asyncDispose]());

async function found(query: string): Promise<string[]> {
  const path = `/v1/schools/s1/people?${query}`;
  const { items } = await world.done<{ items: { id: string }[] }>(200, 'GET', path, ADMIN);
  return items.map(({ id }) => id);
}

const page = async (path: string, as: typeof ADMIN | typeof PUPIL) =>
  (await world.request(path, { as, headers: { accept: 'text/html' } })).text();

test('a pupil who was transferred is found by the new class, and shown in it', async () => {
  expect(await found('role=student&classId=c5b')).toContain('p1');
  expect(await found('role=student&classId=c5a')).not.toContain('p1');
  const staff = await world.chatId('Учительская');
  const picker = await page(`/manage/chats/${staff}/pick?role=student`, ADMIN);
  expect(picker.match(/Абаев[\s\S]*?<\/tr>/)?.[0]).toContain('5Б');
  expect(await page('/', PUPIL)).toContain('ученик 5Б');
});
