/** A10: a person of the roster whose own profile owns the chats is in every chat in Sferum that should have them. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ADMIN, HOMEROOM_5A } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { hearingWorld } from '../support/hearing-world.ts';

const school = hearingWorld();

interface Chat {
  id: string;
  title: string;
  inSferumCount: number;
  warning: string | null;
}

async function chats(): Promise<Map<string, Chat>> {
  const { items } = await school.world.done<{ items: Chat[] }>(200, 'GET', '/v1/schools/s1/chats', ADMIN);
  return new Map(items.map((chat) => [chat.title, chat]));
}

test('A10, D12 the owner is counted and shown in his chats, and in no other', async () => {
  const before = await chats();
  const { rows } = await sql<{ owner: string }>`select owner_id as owner from sferum_account`.execute(
    everywhere(school.world.ctx),
  );
  const vkUserId = Number(rows[0]!.owner);
  await school.hear(school.event('sgo.profile.linked', { personId: 't1', vkUserId }));
  const after = await chats();
  for (const [title, { inSferumCount }] of before)
    expect([title, after.get(title)?.inSferumCount]).toEqual([title, inSferumCount]);
  const id = before.get('5А класс')!.id;
  const { items } = await school.world.done<{ items: { personId: string }[] }>(
    ...([200, 'GET', `/v1/chats/${id}/members`, ADMIN] as const),
  );
  expect(items.find(({ personId }) => personId === 't1')).toMatchObject({ inSferum: true, linked: true });
  const me = await school.world.done<{ chats: { inSferum: boolean }[] }>(200, 'GET', '/v1/me', HOMEROOM_5A);
  expect(me.chats.every(({ inSferum }) => inSferum)).toBe(true);
  const grounds = `/v1/people/t1/grounds?chatId=${id}`;
  const why = await school.world.done<{ chats: { inSferum: boolean; why: string[] }[] }>(
    200,
    'GET',
    grounds,
    ADMIN,
  );
  expect(why.chats[0]).toMatchObject({ inSferum: true });
  expect(why.chats[0]!.why.join()).not.toContain('В Сферуме');
});

test('E3 a class renamed to what a chat by hand is called makes two chats of one name, both with a warning', async () => {
  const byHand = await school.world.done<Chat>(201, 'POST', '/v1/schools/s1/chats', ADMIN, {
    ...{ type: 'staff', title: '7Г класс', members: [{ personId: 'a1', admin: true }] },
  });
  const attention = async () => (await school.world.request('/attention', { as: ADMIN })).text();
  const twins = /Одинаковое наименование: 2.чата/u;
  expect(await attention()).not.toMatch(twins);
  const saved = { id: 'c5a', title: '7Г', homeroomTeacherIds: ['t1'] };
  await school.hear(school.event('sgo.class.saved', saved));
  const { items } = await school.world.done<{ items: Chat[] }>(200, 'GET', '/v1/schools/s1/chats', ADMIN);
  expect(items.filter(({ title }) => title === '7Г класс').map(({ warning }) => warning)).toEqual([
    'same-title',
    'same-title',
  ]);
  expect(await attention()).toMatch(twins);
  await school.hear(school.event('sgo.class.saved', { ...saved, title: '7Д' }));
  expect(await attention()).not.toMatch(twins);
  await school.hear(school.event('sgo.class.saved', saved));
  expect(await attention()).toMatch(twins);
  await school.world.done(202, 'DELETE', `/v1/chats/${byHand.id}`, ADMIN);
  await school.world.settled();
  expect(await attention()).not.toMatch(twins);
});
