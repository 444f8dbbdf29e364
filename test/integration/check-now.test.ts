/** K7 «Сверить сейчас» says what is, what should be, what was done and what is in the way. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CheckResult } from '../../src/planning/check-result.ts';
import { lookedAt } from '../support/app.ts';
import {
  ADMIN,
  type ChatWorld,
  HOMEROOM_5A,
  HOMEROOM_5B,
  OTHER_TEACHER,
  PUPIL,
  startChatWorld,
} from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';

const STRANGER = 999_000_111;

let world: ChatWorld;
let chatId: string;
beforeEach(async () => {
  world = await startChatWorld();
  await lookedAt(world);
  chatId = await world.chatId('5А класс');
});
afterEach(() => world[Symbol.asyncDispose]());

const inMessenger = (title: string) =>
  [...world.sandbox.world.chats.values()].find((chat) => chat.title === title)!;
const checkChat = (who: typeof ADMIN | typeof HOMEROOM_5A = ADMIN) =>
  world.done<CheckResult>(200, 'POST', `/v1/chats/${chatId}/check`, who);
const places = (some: CheckResult['desired']) =>
  some.map(({ personId, admin }) => `${personId}${admin ? '*' : ''}`).sort();

test('a chat is read and mended at once, and the answer says what was done and what stands in the way', async () => {
  const chat = inMessenger('5А класс');
  world.sandbox.world.join(chat.id, STRANGER);
  world.sandbox.world.kick(chat.id, 202);
  const result = await checkChat();
  expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
  expect(places(result.desired)).toEqual(['p1', 'p2', 'p3', 't1*']);
  expect(places(result.actual)).toEqual(['p1', 'p2', 'p3', 't1*']);
  expect(result.done).toEqual(
    expect.arrayContaining([
      { chatId, action: 'add', personId: 'p2' },
      { chatId, action: 'remove' },
    ]),
  );
  expect(result.done).toHaveLength(2);
  expect(result.obstacles).toEqual([]);
  expect((await checkChat()).done).toEqual([]);
});

test('who cannot be added is named with the reason, and nothing is said to be done', async () => {
  const unlinked = { specversion: '1.0', source: 'sgo', id: 'e1', time: '2026-10-01T09:05:00Z' };
  await world.commands.receiveEvents({
    by: { id: 'sgo', kind: 'service' },
    schoolId: 's1',
    events: [{ ...unlinked, type: 'sgo.profile.unlinked', data: { personId: 'p3' } }],
  });
  await world.settled();
  const { done, obstacles } = await checkChat(HOMEROOM_5A);
  expect(obstacles).toContainEqual({
    chatId,
    personId: 'p3',
    reason: 'notLinked',
    message: 'профиль VK ID не привязан',
  });
  expect(done.filter(({ action }) => action === 'add')).toEqual([]);
});

test('a person is checked in all chats at once', async () => {
  for (const title of ['5А класс', '5А/География']) world.sandbox.world.kick(inMessenger(title).id, 201);
  const result = await world.done<CheckResult>(200, 'POST', '/v1/people/p1/check', ADMIN);
  expect(new Set(result.actual.map(({ personId }) => personId))).toEqual(new Set(['p1']));
  expect(result.actual.length).toBe(result.desired.length);
  expect(world.inSferum('5А класс')).toContain('201');
  expect(result.done.map(({ action, personId }) => `${action} ${personId}`)).toContain('add p1');
});

test('a request meanwhile joins the check, but a teacher’s joins no other person’s', async () => {
  world.sandbox.world.faults.latencyMs = 500;
  const ask = (id: string, joinsAny: boolean) =>
    world.commands.check({
      ...{ schoolId: 's1', chatIds: [chatId], personId: null },
      ...{ by: { id, kind: 'person' }, joinsAny },
    });
  const first = await ask('a1', true);
  expect(await Promise.all([ask('a1', true), ask('a2', true), ask('a1', false)])).toEqual([
    first,
    first,
    first,
  ]);
  expect(await ask('t1', false)).not.toBe(first);
  expect((await world.ended(first)).state).toBe('succeeded');
});

test('with a dead key the answer says so and shows what is known', async () => {
  await sql`update sferum_account set status = 'broken', status_reason = 'token'`.execute(
    everywhere(world.ctx),
  );
  const result = await checkChat();
  expect(result.obstacles[0]).toMatchObject({ reason: 'sferum-account-broken' });
  expect(places(result.actual)).toEqual(['p1', 'p2', 'p3', 't1*']);
});

test('a check that takes long goes on as an operation with the same result', async () => {
  world.sandbox.world.faults.latencyMs = 1_500;
  world.sandbox.world.kick(inMessenger('5А класс').id, 202);
  const { operationId } = await world.done<{ operationId: string }>(
    ...([202, 'POST', `/v1/chats/${chatId}/check`, HOMEROOM_5A] as const),
  );
  expect((await world.ended(operationId)).state).toBe('succeeded');
  const { result } = await world.done<{ result: CheckResult }>(
    ...([200, 'GET', `/v1/operations/${operationId}`, HOMEROOM_5A] as const),
  );
  expect(result.done).toEqual([{ chatId, action: 'add', personId: 'p2' }]);
});

test('it is for those who may change the chat or see the person', async () => {
  await world.done(403, 'POST', `/v1/chats/${chatId}/check`, OTHER_TEACHER);
  await world.done(403, 'POST', `/v1/chats/${chatId}/check`, PUPIL);
  await world.done(404, 'POST', '/v1/people/p4/check', HOMEROOM_5A);
  await world.done(404, 'POST', '/v1/people/nobody/check', ADMIN);
  await world.done(404, 'POST', '/v1/chats/not-a-chat/check', ADMIN);
});

test('what it told ends with the right to ask for it', async () => {
  const chat = await world.chatId('5Б класс');
  world.sandbox.world.kick(inMessenger('5Б класс').id, 205);
  const asTeacher = (path: string, method = 'GET') => world.request(path, { as: HOMEROOM_5B, method });
  const pages: string[] = [];
  for (const about of [`/manage/chats/${chat}`, '/people/p5']) {
    const page = (await asTeacher(`${about}/check`, 'POST')).headers.get('location')!;
    await world.settled();
    expect(await (await asTeacher(page)).text()).toContain('Сверка');
    pages.push(page, page.replace('/manage/checks', '/v1/operations'));
  }
  expect(await (await asTeacher(pages[0]!)).text()).toContain('Ким Софья');
  await tell(world, 's1', 'sgo.class.saved', { id: 'c5b', title: '5Б', homeroomTeacherIds: ['t3'] });
  const statuses = await Promise.all(pages.map(async (page) => (await asTeacher(page)).status));
  expect(statuses).toEqual(pages.map(() => 404));
  expect((await world.request(pages[0]!, { as: ADMIN })).status).toBe(200);
});

test('the page of a chat has the button, which leads to what was done and what stands in the way', async () => {
  world.sandbox.world.kick(inMessenger('5А класс').id, 202);
  const editor = await (await world.request(`/manage/chats/${chatId}`, { as: ADMIN })).text();
  expect(editor).toContain(`action="/manage/chats/${chatId}/check"`);
  const pressed = await world.request(`/manage/chats/${chatId}/check`, { as: ADMIN, method: 'POST' });
  expect(pressed.status).toBe(303);
  const page = await (await world.request(pressed.headers.get('location')!, { as: ADMIN })).text();
  expect(page).toMatch(/Сделано.*Добавление/su);
  const person = await (await world.request('/people/p1', { as: HOMEROOM_5A })).text();
  expect(person).toContain('action="/people/p1/check"');
  const ofPerson = await world.request('/people/p1/check', { as: HOMEROOM_5A, method: 'POST' });
  const fine = await (await world.request(ofPerson.headers.get('location')!, { as: HOMEROOM_5A })).text();
  expect(fine).toContain('Всё совпадает');
  expect((await world.request(ofPerson.headers.get('location')!, { as: OTHER_TEACHER })).status).toBe(404);
});
