import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ADMIN,
  type ChatWorld,
  HOMEROOM_5A,
  type HOMEROOM_5B,
  linkedRoster,
  OTHER_TEACHER,
  startChatWorld,
} from '../support/chat-world.ts';
import { withoutRows } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

test('C4, D7: members and admins changed by hand are so in СГО and Sferum, and are kept as exceptions', async () => {
  const id = await world.chatId('5А класс');
  expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
  const chat = await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, {
    members: { add: ['t3'], remove: ['p2'] },
    admins: { grant: ['t3'] },
    reason: 'кружок',
  });
  expect(chat).toMatchObject({ memberCount: 4, warnings: [], admins: [{ id: 't1' }, { id: 't3' }] });
  await world.settled();
  expect(world.inSferum('5А класс')).toBe('101* 103* 201 203');
  expect(await world.listed(id)).toBe('p1 p3 t1* t3*');
  expect(await world.exceptions(id)).toEqual(['p2 excluded', 't3 added granted']);
  const members = await world.done<{ items: { personId: string; exception?: object }[] }>(
    200,
    'GET',
    `/v1/chats/${id}/members`,
    ADMIN,
  );
  expect(members.items.find((m) => m.personId === 't3')?.exception).toEqual({
    ...{ member: 'added', admin: 'granted', authorId: 'a1', reason: 'кружок' },
    at: expect.stringMatching(/^2026-10-01T/),
  });
});

test('D7: adding an excluded person, or removing an added one, clears the exception', async () => {
  const id = await world.chatId('5А класс');
  const edit = (members: object) => world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, { members });
  await edit({ add: ['t3'], remove: ['p2'] });
  await edit({ add: ['p2'], remove: ['t3'] });
  expect(await world.exceptions(id)).toEqual([]);
  await world.settled();
  expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
});

test('D7: exceptions outlive a synchronisation and an import; «Строго по спискам СГО» drops them', async () => {
  const id = await world.chatId('5А класс');
  await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, { members: { add: ['t3'], remove: ['p2'] } });
  await world.initialize();
  // A whole list takes p3 out of the class. The exceptions of the others stay.
  await world.importRoster(withoutRows(linkedRoster(), 'enrollments.csv', 'e5,'), '2026-10-01T09:30:00Z');
  expect(world.inSferum('5А класс')).toBe('101* 103 201');
  expect(await world.exceptions(id)).toEqual(['p2 excluded', 't3 added']);
  await world.initialize({ strict: true });
  expect(await world.exceptions(id)).toEqual([]);
  expect(world.inSferum('5А класс')).toBe('101* 201 202');
});

test('C6: the last admin can be neither removed nor revoked by hand; with another one he can', async () => {
  const id = await world.chatId('5А класс');
  const edit = (status: number, body: object) => world.done(status, 'PATCH', `/v1/chats/${id}`, ADMIN, body);
  for (const body of [{ members: { remove: ['t1'] } }, { admins: { revoke: ['t1'] } }]) {
    expect(await edit(422, body)).toMatchObject({ type: 'last-admin' });
  }
  expect(await edit(422, { members: { remove: ['t1', 'p1', 'p2', 'p3'] } })).toMatchObject({
    type: 'last-admin',
  });
  expect(await world.listed(id)).toBe('p1 p2 p3 t1*');
  await edit(200, { members: { add: ['t2'], remove: ['t1'] }, admins: { grant: ['t2'] } });
  await world.settled();
  expect(world.inSferum('5А класс')).toBe('102* 201 202 203');
});

test('C6: a stand-in cannot be removed by hand, and leaves when an admin is appointed', async () => {
  await tell(world, 's1', 'sgo.person.removed', { id: 't1' });
  const id = await world.chatId('5А класс');
  expect(await world.listed(id)).toBe('a1* p1 p2 p3');
  const refusal = await world.done(422, 'PATCH', `/v1/chats/${id}`, ADMIN, { members: { remove: ['a1'] } });
  expect(refusal).toMatchObject({ type: 'last-admin' });
  await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, {
    members: { add: ['t3'] },
    admins: { grant: ['t3'] },
  });
  expect(await world.listed(id)).toBe('p1 p2 p3 t3*');
  expect(await world.exceptions(id)).toEqual(['t3 added granted']);
});

test('an edit is all or nothing: one wrong item and nothing is changed', async () => {
  const id = await world.chatId('5А класс');
  const body = { title: 'Наш 5А', members: { add: ['t3', 'nobody'] } };
  expect(await world.done(422, 'PATCH', `/v1/chats/${id}`, ADMIN, body)).toMatchObject({
    type: 'person-unknown',
    personIds: ['nobody'],
  });
  expect(await world.chatId('5А класс')).toBe(id);
  expect(await world.exceptions(id)).toEqual([]);
});

test('C1: a name changed by hand reaches Sferum and follows the roster no more, until it is the rules’ again', async () => {
  const id = await world.chatId('5А класс');
  const rename = (title: string, status = 200) =>
    world.done(status, 'PATCH', `/v1/chats/${id}`, ADMIN, { title });
  expect(await rename('  Наш\u0000 5А ')).toMatchObject({ title: 'Наш 5А', titleByHand: true });
  await world.settled();
  expect(world.inSferum('Наш 5А')).toBe('101* 201 202 203');
  const renamed = { ...linkedRoster() };
  renamed['classes.csv'] = renamed['classes.csv']!.replace('c5a,,5А,', 'c5a,,6А,');
  await world.importRoster(renamed, '2026-10-01T09:30:00Z');
  expect(world.inSferum('Наш 5А')).not.toBeNull();
  expect(world.inSferum('6А родители')).not.toBeNull();
  expect(await rename('6А класс')).toMatchObject({ title: '6А класс', titleByHand: false });
  expect(await rename('УЧИТЕЛЬСКАЯ', 409)).toMatchObject({
    type: 'chat-exists',
    chatId: await world.chatId('Учительская'),
  });
  for (const bad of ['', ' \u200b ', 'я'.repeat(201)]) {
    expect(await rename(bad, 422)).toMatchObject({ type: 'title-invalid' });
  }
});

test('J6: a pupil or a childless parent added to a parents’ chat is added, and the author is warned', async () => {
  const id = await world.chatId('5Б родители');
  const chat = await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, {
    members: { add: ['p1', 'm1', 't3'] },
  });
  expect(chat.warnings).toMatchObject([
    { code: 'pupil-in-parents-chat', personIds: ['p1'] },
    { code: 'parent-without-child', personIds: ['m1'] },
  ]);
  await world.settled();
  expect(world.inSferum('5Б родители')).toBe('102* 103 201 301');
});

test('C5: pupils cannot be made admins, outsiders neither', async () => {
  const id = await world.chatId('5А класс');
  const grant = (...people: string[]) =>
    world.done(422, 'PATCH', `/v1/chats/${id}`, ADMIN, { admins: { grant: people } });
  expect(await grant('p1')).toMatchObject({ type: 'pupil-admin', personIds: ['p1'] });
  expect(await grant('t3')).toMatchObject({ type: 'not-a-member', personIds: ['t3'] });
});

test('C5: a teacher changes the chats he administers alone, and with people he may see alone', async () => {
  const own = await world.chatId('5А класс');
  const other = await world.chatId('5Б класс');
  const edit = (status: number, who: typeof HOMEROOM_5A | typeof HOMEROOM_5B, chat: string, body: object) =>
    world.done(status, 'PATCH', `/v1/chats/${chat}`, who, body);
  await edit(200, HOMEROOM_5A, own, { members: { add: ['t3', 'm1'], remove: ['p2'] } });
  expect(await edit(404, HOMEROOM_5A, own, { members: { add: ['p5'] } })).toMatchObject({
    type: 'person-unknown',
    personIds: ['p5'],
  });
  expect(await edit(403, HOMEROOM_5A, other, { members: { add: ['t3'] } })).toMatchObject({
    type: 'forbidden',
  });
  expect(await edit(403, HOMEROOM_5A, own, { title: 'Мой 5А' })).toMatchObject({ type: 'forbidden' });
  expect(await edit(403, HOMEROOM_5A, own, { members: { remove: ['t1'] } })).toMatchObject({
    type: 'default-admin',
  });
  // The teacher may after being appointed by hand, and no longer once the appointment is undone: rights are read anew
  // at each request.
  const asOther = OTHER_TEACHER as unknown as typeof HOMEROOM_5A;
  await edit(403, asOther, own, { members: { remove: ['m1'] } });
  await edit(200, HOMEROOM_5A, own, { admins: { grant: ['t3'] } });
  expect(await edit(403, asOther, own, { members: { remove: ['m1'] } })).toMatchObject({
    type: 'person-out-of-reach',
  });
  await edit(200, asOther, own, { members: { add: ['t2'] } });
  await edit(403, asOther, own, { admins: { revoke: ['t1'] } });
  await edit(200, HOMEROOM_5A, own, { admins: { revoke: ['t3'] } });
  await edit(403, asOther, own, { members: { remove: ['t2'] } });
});

test('E2: into a subject chat its teacher puts pupils and teachers of his own groups, nobody else', async () => {
  const id = await world.chatId('5А/География');
  const add = (status: number, person: string) =>
    world.done(status, 'PATCH', `/v1/chats/${id}`, HOMEROOM_5A, { members: { add: [person] } });
  expect(await add(403, 't2')).toMatchObject({ type: 'person-out-of-reach' });
  expect(await add(403, 'm1')).toMatchObject({ type: 'person-out-of-reach' });
  // A pupil of the teacher's class, but of none of the teacher's groups.
  expect(await add(403, 'p3')).toMatchObject({ type: 'person-out-of-reach' });
});

test('F4: what a person asked for by name is not held, however many', async () => {
  const id = await world.chatId('Учительская');
  const people = Array.from({ length: 8 }, (_, i) => `x${i}`);
  const rows = people.map((p) => `${p},,s1,teacher,,Имя,Новый${p},,`);
  const files = linkedRoster();
  files['users.csv'] += `${rows.join('\n')}\n`;
  await world.importRoster(files, '2026-10-01T09:30:00Z');
  await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, { members: { remove: people } });
  expect(await world.listed(id)).toBe('a1* t1 t2 t3');
});
