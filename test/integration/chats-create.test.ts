import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, HOMEROOM_5A, HOMEROOM_5B, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import type { TokenClaims } from '../support/tokens.ts';

const CHATS = '/v1/schools/s1/chats';
let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const create = (status: number, who: TokenClaims, body: object) =>
  world.done<Record<string, never>>(status, 'POST', CHATS, who, body);

async function deleteChat(id: string, recreate = true): Promise<void> {
  await world.done(202, 'DELETE', `/v1/chats/${id}?recreate=${recreate}`, ADMIN);
  await world.settled();
}

test('E1–E3: a manual chat is created in СГО and, by itself, in Sferum', async () => {
  const chat = await create(201, ADMIN, {
    ...{ type: 'subject', title: 'Олимпиада', reason: 'сборная' },
    members: [{ personId: 't3', admin: true }, { personId: 'p1' }, { personId: 'p4' }],
  });
  expect(chat).toMatchObject({ title: 'Олимпиада', origin: 'manual', memberCount: 3, warnings: [] });
  await world.settled();
  expect(world.inSferum('Олимпиада')).toBe('103* 201 204');
  expect(await world.exceptions(chat.id!)).toEqual(['p1 added', 'p4 added', 't3 added granted']);
});

test('D6, D10: a departed person leaves a manual chat too; a synchronisation leaves its list alone', async () => {
  const chat = await create(201, ADMIN, {
    ...{ type: 'class', classId: 'c5a', title: 'Поход 5А' },
    members: [{ personId: 't1', admin: true }, { personId: 'p1' }, { personId: 't3' }],
  });
  await world.initialize({ strict: true });
  expect(world.inSferum('Поход 5А')).toBe('101* 103 201');
  await sql`update person set gone_at = now() + interval '1 year', gone_by = 'z' where id = 't3'`.execute(
    everywhere(world.ctx),
  );
  await world.initialize();
  expect(await world.listed(chat.id!)).toBe('p1 t1*');
  expect(world.inSferum('Поход 5А')).toBe('101* 201');
});

test('E3: where the school has the chat already the answer is 409 with its id', async () => {
  const id = await world.chatId('5А класс');
  for (const title of [undefined, '5А класс', '5a КЛАСС']) {
    const refusal = await create(409, ADMIN, { type: 'class', classId: 'c5a', ...(title ? { title } : {}) });
    expect(refusal).toMatchObject({ type: 'chat-exists', chatId: id });
  }
  expect(await create(409, ADMIN, { type: 'staff' })).toMatchObject({ type: 'chat-exists' });
});

test('G1: a deleted automatic chat is gone from Sferum, and back at the next initialisation', async () => {
  await deleteChat(await world.chatId('5А класс'));
  expect(world.inSferum('5А класс')).toBeNull();
  await world.initialize();
  expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
});

test('G1: with «не создавать снова» it stays away until somebody adds it, and then it is the automatic chat', async () => {
  const id = await world.chatId('5А класс');
  await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, { title: 'Старое имя' });
  await deleteChat(id, false);
  await world.initialize();
  expect(world.inSferum('5А класс')).toBeNull();
  const chat = await create(201, ADMIN, { type: 'class', classId: 'c5a' });
  expect(chat).toMatchObject({ id, origin: 'automatic', title: '5А класс', titleByHand: false });
  await world.settled();
  expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
  await world.initialize();
  expect(await world.listed(id)).toBe('p1 p2 p3 t1*');
});

test('E1, D7: an automatic chat created with other people than the rules’ keeps the difference as exceptions', async () => {
  await deleteChat(await world.chatId('5А класс'), false);
  const chat = await create(201, ADMIN, {
    ...{ type: 'class', classId: 'c5a', reason: 'так решили' },
    members: [{ personId: 'p1' }, { personId: 'p2' }, { personId: 't3', admin: true }],
  });
  expect(await world.exceptions(chat.id!)).toEqual(['p3 excluded', 't1 excluded', 't3 added granted']);
  await world.settled();
  expect(world.inSferum('5А класс')).toBe('103* 201 202');
});

test('C7: without marked admins they are those of the rules; of a teacher’s own chat it is its creator', async () => {
  const byAdmin = await create(201, ADMIN, {
    ...{ type: 'class', classId: 'c5a', title: 'Дежурные' },
    members: [{ personId: 'p1' }],
  });
  expect(await world.listed(byAdmin.id!)).toBe('p1 t1*');
  const byTeacher = await create(201, HOMEROOM_5A, {
    ...{ type: 'parents', classId: 'c5a', title: 'Родительский комитет' },
    members: [{ personId: 'm1', admin: true }],
  });
  expect(await world.listed(byTeacher.id!)).toBe('m1* t1*');
  const copy = await create(201, HOMEROOM_5A, { type: 'parents', classId: 'c5a', title: 'Экскурсии' });
  expect(await world.listed(copy.id!)).toBe('f1 m1 t1*');
  // C6: nobody is marked, and there are no rules.
  const alone = await create(201, ADMIN, {
    ...{ type: 'subject', title: 'Кружок' },
    members: [{ personId: 'p1' }],
  });
  expect(alone).toMatchObject({ warning: 'no-own-admin', admins: [{ id: 'a1' }] });
});

test('what cannot be is 422, and nothing is left of it', async () => {
  const some = [{ personId: 'p1' }];
  const cases: [object, string][] = [
    [{ type: 'class', title: 'Без класса', members: some }, 'unit-missing'],
    [{ type: 'class', classId: 'nowhere' }, 'unit-unknown'],
    [{ type: 'subject', subjectGroupId: 'nowhere' }, 'unit-unknown'],
    [{ type: 'subject', members: some }, 'title-missing'],
    [{ type: 'subject', title: ' ', members: some }, 'title-invalid'],
    [{ type: 'subject', title: 'Пустой', members: [] }, 'no-members'],
    [{ type: 'subject', title: 'Чужие', members: [{ personId: 'of-another-school' }] }, 'person-unknown'],
    [{ type: 'subject', title: 'Дети', members: [{ personId: 'p1', admin: true }] }, 'pupil-admin'],
  ];
  for (const [body, type] of cases) expect(await create(422, ADMIN, body)).toMatchObject({ type });
  expect(await create(201, ADMIN, { type: 'subject', title: 'Дети', members: some })).toMatchObject({
    title: 'Дети',
  });
});

test('D12: a chat holds 1,000 people; beyond that it is 422 by hand', async () => {
  const db = everywhere(world.ctx);
  await sql`insert into person (school_id, id, family_name, roles, stated_at, stated_by)
    select 's1', 'n' || i, 'Н', '{student}', now(), 'x' from generate_series(1, 1001) i`.execute(db);
  const people = (n: number) => Array.from({ length: n }, (_, i) => `n${i + 1}`);
  const body = { type: 'subject', title: 'Все' };
  const tooMany = people(1001).map((personId) => ({ personId }));
  expect(await create(422, ADMIN, { ...body, members: tooMany })).toMatchObject({ type: 'chat-full' });
  const members = [{ personId: 't3', admin: true }, ...people(999).map((personId) => ({ personId }))];
  const chat = await create(201, ADMIN, { ...body, members });
  const add = { members: { add: ['n1000'] } };
  const refusal = await world.done(422, 'PATCH', `/v1/chats/${chat.id}`, ADMIN, add);
  expect(refusal).toMatchObject({ type: 'chat-full' });
});

test('G1: a chat is deleted by the school admin, and a manual one by its author', async () => {
  const own = await create(201, HOMEROOM_5A, { type: 'class', classId: 'c5a', title: 'Мой чат' });
  const remove = (status: number, who: TokenClaims, id: string) =>
    world.done(status, 'DELETE', `/v1/chats/${id}`, who);
  await remove(403, HOMEROOM_5A, await world.chatId('5А класс'));
  await remove(403, HOMEROOM_5B, own.id!);
  await world.done(200, 'PATCH', `/v1/chats/${own.id}`, HOMEROOM_5A, { title: 'Наш чат' });
  await world.settled();
  const { operationId } = await remove(202, HOMEROOM_5A, own.id!);
  expect((await world.ended(operationId as string)).state).toBe('succeeded');
  await world.settled();
  expect(world.inSferum('Наш чат')).toBeNull();
  await remove(404, HOMEROOM_5A, own.id!);
});
