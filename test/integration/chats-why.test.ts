import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ADMIN,
  type ChatWorld,
  HOMEROOM_5A,
  HOMEROOM_5B,
  OTHER_TEACHER,
  PARENT,
  PUPIL,
  startChatWorld,
} from '../support/chat-world.ts';
import type { TokenClaims } from '../support/tokens.ts';

const SERVICE = { role: 'service', school: 's1', sub: 'sgo' } as const;
let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

let events = 0;
async function tell(type: string, data: object): Promise<void> {
  const event = { specversion: '1.0', id: `e${++events}`, source: 'sgo', type, data };
  const time = new Date(world.ctx.clock.now()).toISOString();
  const response = await world.request('/v1/schools/s1/events', {
    ...{ method: 'POST', as: SERVICE, body: JSON.stringify([{ ...event, time }]) },
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  });
  expect(await response.json()).toMatchObject({ accepted: 1, rejected: [] });
  await world.settled();
}

interface Grounds {
  person: { linked: boolean };
  chats: {
    title: string;
    isMember: boolean;
    inSferum: boolean;
    why: string[];
    grounds: { text: string; orderNumber?: string }[];
    changes: { sentence: string; cause: { kind: string; text: string; by: { name: string } | null } }[];
  }[];
}

const why = (person: string, chatId?: string, who: TokenClaims = ADMIN) =>
  world.done<Grounds>(200, 'GET', `/v1/people/${person}/grounds${chatId ? `?chatId=${chatId}` : ''}`, who);

test('J1: why he is here, in every chat of his, with what was decided and what Sferum answered', async () => {
  const { chats } = await why('p1');
  expect(chats.map(({ title, why: reasons }) => [title, reasons])).toEqual([
    ['5А класс', ['В чате: учится в 5А с 1 сентября 2026']],
    ['5А/География', ['В чате: учится в группе «5А/География»']],
  ]);
  const parent = await why('m1');
  expect(parent.chats[0]!.grounds.map(({ text }) => text)).toEqual([
    'родитель: Абаев Марк, 5А с 1 сентября 2026',
    'родитель: Абаева Анна, 5А с 1 сентября 2026',
  ]);
  const id = await world.chatId('Учительская');
  await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, {
    ...{ members: { add: ['p1'] }, reason: 'дежурство' },
  });
  await world.settled();
  const [chat] = (await why('p1', id)).chats;
  expect(chat).toMatchObject({ isMember: true, inSferum: true });
  expect(chat!.why).toEqual([
    'В чате: добавление вручную',
    'Добавление вручную: Обмочиева Ольга Викторовна, 01.10.2026 – дежурство',
  ]);
  expect(chat!.changes.map(({ sentence }) => sentence)).toEqual([
    'Сферум: добавление – Абаев Марк',
    'Добавить: Абаев Марк – добавление вручную',
    'Решено вручную: Абаев Марк – добавление вручную',
  ]);
  expect(chat!.changes[1]!.cause).toMatchObject({
    ...{ kind: 'edit', text: 'Правка чата', reason: 'дежурство' },
    by: { id: 'a1', name: 'Обмочиева Ольга Викторовна' },
  });
});

test('J1: why he is not here – an order with number and date, and back when it is cancelled', async () => {
  const id = await world.chatId('5А класс');
  const order = { id: 'o1', number: '12', issuedOn: '2026-09-30', kind: 'withdrawal' };
  await tell('sgo.order.issued', { ...order, effectiveOn: '2026-10-01', items: [{ studentId: 'p2' }] });
  expect(world.inSferum('5А класс')).toBe('101* 201 203');
  const [out] = (await why('p2', id)).chats;
  expect(out).toMatchObject({ isMember: false, why: ['Не в чате по приказу № 12 от 30.09.2026'] });
  expect(out!.changes[1]!.sentence).toBe('Исключить: Абаева Анна – по приказу № 12 от 30.09.2026');
  await tell('sgo.order.cancelled', { id: 'o1' });
  expect((await why('p2', id)).chats[0]).toMatchObject({ isMember: true, inSferum: true });
});

test('D6, D10: a departure and its cancellation leave a manual chat as it was, adminship included', async () => {
  const chat = await world.done<{ id: string }>(201, 'POST', '/v1/schools/s1/chats', HOMEROOM_5A, {
    ...{ type: 'parents', classId: 'c5a', title: 'Комитет' },
    members: [{ personId: 'm1', admin: true }, { personId: 'f1' }],
  });
  await world.settled();
  expect(world.inSferum('Комитет')).toBe('101* 301* 302');
  const items = [{ studentId: 'p1' }, { studentId: 'p2' }];
  await tell('sgo.order.issued', { id: 'o1', kind: 'withdrawal', effectiveOn: '2026-10-01', items });
  expect(world.inSferum('Комитет')).toBe('101*');
  expect((await why('m1', chat.id)).chats[0]!.why).toEqual([
    'Добавление вручную, назначение администратором вручную: Загурская Марина Александровна, 01.10.2026',
    'Не в чате по приказу',
  ]);
  await tell('sgo.order.cancelled', { id: 'o1' });
  expect(world.inSferum('Комитет')).toBe('101* 301* 302');
});

test('J1: why he is not here – excluded by whom, when, why; never belonged; not in the lists', async () => {
  const id = await world.chatId('5А класс');
  await world.done(200, 'PATCH', `/v1/chats/${id}`, HOMEROOM_5A, {
    ...{ members: { remove: ['p2'] }, reason: 'на домашнем обучении' },
  });
  const reasons = async (person: string, chatId: string) => (await why(person, chatId)).chats[0]!.why;
  expect(await reasons('p2', id)).toEqual([
    'Исключение вручную: Загурская Марина Александровна, 01.10.2026 – на домашнем обучении',
  ]);
  expect(await reasons('p5', id)).toEqual(['Не учится в 5А и не руководит этим классом']);
  expect(await reasons('f1', await world.chatId('5Б родители'))).toEqual([
    'Нет детей, которые учатся в 5Б, и не руководит этим классом',
  ]);
  expect(await reasons('p5', await world.chatId('5А/География'))).toEqual([
    'Не учится в группе «5А/География» и не ведёт её',
  ]);
  expect(await reasons('sec', await world.chatId('Учительская'))).toEqual([
    'Нет ни роли «Учитель», ни прав администратора школы',
  ]);
});

test('J1: a teacher asks about people he sees and chats he is in alone', async () => {
  const own = await world.chatId('5А класс');
  const other = await world.chatId('5Б класс');
  const ask = (status: number, who: TokenClaims, person: string, chat: string) =>
    world.done(status, 'GET', `/v1/people/${person}/grounds?chatId=${chat}`, who);
  await ask(200, HOMEROOM_5A, 'p1', own);
  await ask(404, HOMEROOM_5A, 'p4', other);
  await ask(404, HOMEROOM_5A, 'p5', own);
  await ask(404, HOMEROOM_5A, 'nobody', own);
  await ask(403, PUPIL, 'p1', own);
});

test('A5, A6: unlinking takes a person out of every chat in Sferum; relinked he is back, adminship included', async () => {
  const before = await world.done(200, 'GET', '/v1/me', HOMEROOM_5A);
  expect(before).toMatchObject({
    person: { id: 't1', name: 'Загурская Марина Александровна', role: 'staff' },
    ...{ linked: true, connected: true },
  });
  expect((before.chats as { title: string; inSferum: boolean }[]).map((c) => [c.title, c.inSferum])).toEqual([
    ['5А класс', true],
    ['5А родители', true],
    ['5А/География', true],
    ['Учительская', true],
  ]);
  const unlink = () => world.call('DELETE', '/v1/me/profile', HOMEROOM_5A);
  expect((await unlink()).status).toBe(204);
  await world.settled();
  expect(world.inSferum('5А класс')).toBe('201 202 203');
  expect(world.inSferum('Учительская')).toBe('102 103 901*');
  expect(await world.listed(await world.chatId('5А класс'))).toBe('p1 p2 p3 t1*');
  expect(await world.done(200, 'GET', '/v1/me', HOMEROOM_5A)).toMatchObject({ linked: false });
  const [chat] = (await why('t1', await world.chatId('5А класс'))).chats;
  expect(chat!.why).toContain('В Сферуме нет: профиль VK ID не привязан');
  expect((await unlink()).status).toBe(204);
  await tell('sgo.profile.linked', { personId: 't1', vkUserId: 101 });
  expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
});

test('A7: a VK ID of two parents stays where the other one belongs when one is unlinked', async () => {
  await tell('sgo.profile.linked', { personId: 'f1', vkUserId: 301 });
  expect(world.inSferum('5А родители')).toBe('101* 301');
  await world.call('DELETE', '/v1/me/profile', PARENT);
  await world.settled();
  expect(world.inSferum('5А родители')).toBe('101* 301');
  await world.call('DELETE', '/v1/me/profile', { role: 'parent', school: 's1', sub: 'f1' });
  await world.settled();
  expect(world.inSferum('5А родители')).toBe('101*');
});

test('A4: own chats of pupils and parents; who is not in the roster has none', async () => {
  const me = await world.done<{ chats: { title: string }[] }>(200, 'GET', '/v1/me', PUPIL);
  expect(me.chats).toMatchObject([
    {
      ...{ title: '5А класс', type: 'class', memberCount: 4, inSferum: true },
      admins: [{ id: 't1', name: 'Загурская Марина Александровна' }],
    },
    { title: '5А/География' },
  ]);
  const parent = await world.done<{ chats: { title: string }[] }>(200, 'GET', '/v1/me', PARENT);
  expect(parent.chats.map((c) => c.title)).toEqual(['5А родители']);
  expect(await world.done(403, 'GET', '/v1/me', { ...PUPIL, sub: 'stranger' })).toMatchObject({
    type: 'not-in-roster',
  });
});

interface Journal {
  items: { id: string; sentence: string; chatId: string; personId: string | null; cause: { kind: string } }[];
  total: number;
  next: string | null;
}

test('the journal tells what was done, by person, chat and time, in pages', async () => {
  const id = await world.chatId('5А класс');
  const read = (query: string) => world.done<Journal>(200, 'GET', `/v1/schools/s1/journal?${query}`, ADMIN);
  const made = await read(`chatId=${id}`);
  expect(made.items.at(-1)).toMatchObject({ sentence: 'Создать чат «5А класс»' });
  expect(made.items[0]!.sentence).toMatch(/^Сферум: /);
  await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, { title: 'Наш класс', reason: 'просили' });
  await world.settled();
  const latest = (await read(`chatId=${id}&perPage=3`)).items.map((item) => item.sentence);
  expect(latest[0]).toBe('Сферум: переименование');
  expect(latest).toContain('Переименование вручную: «5А класс» → «Наш класс» – просили');
  const person = await read('personId=p1');
  expect(new Set(person.items.map((i) => i.personId ?? 'Sferum'))).toContain('p1');
  expect(person.items.every((i) => i.personId === 'p1' || i.sentence.includes('Абаев Марк'))).toBe(true);
  expect((await read('from=2026-10-02')).total).toBe(0);
  expect((await read('to=2026-09-30')).total).toBe(0);
  const all = (await read('from=2026-10-01&to=2026-10-01')).total;
  expect(all).toBe((await read('')).total);
  const page = await read('perPage=10&page=2');
  expect(page).toMatchObject({ total: all, page: 2, perPage: 10 });
  expect(page.items).toHaveLength(10);
  const first = await read('perPage=10');
  expect((await read(`perPage=10&before=${first.next}`)).items).toEqual(page.items);
  for (const filter of ['', 'personId=p1', `chatId=${id}`]) {
    const whole = (await read(`${filter}&perPage=100`)).items.map((item) => item.id);
    const walked: string[] = [];
    let next: string | null = null;
    do {
      const part: Journal = await read(`${filter}&perPage=7${next === null ? '' : `&before=${next}`}`);
      walked.push(...part.items.map((item) => item.id));
      next = part.next;
    } while (next !== null && walked.length < 98);
    expect(walked).toEqual(whole.slice(0, walked.length));
    expect(walked.length).toBe(Math.min(98, whole.length));
  }
  await world.done(403, 'GET', '/v1/schools/s1/journal', HOMEROOM_5A);
});

interface Unreachable {
  items: {
    classId: string | null;
    title: string | null;
    people: { personId: string; reason: string; text: string; chats: { title: string }[] }[];
  }[];
}

test('J8: who cannot be reached, by class: not linked, forbidden by privacy, left', async () => {
  world.sandbox.world.describePerson({ id: 203, adding: 15 });
  await world.call('DELETE', '/v1/me/profile', PUPIL);
  await world.call('DELETE', '/v1/me/profile', PARENT);
  await world.call('DELETE', '/v1/me/profile', OTHER_TEACHER);
  const chat = await world.chatId('5А класс');
  await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, { members: { remove: ['p3'] } });
  await world.settled();
  await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, { members: { add: ['p3'] } });
  await world.settled();
  const ask = (status: number, who: TokenClaims, query = '') =>
    world.done<Unreachable>(status, 'GET', `/v1/schools/s1/unreachable${query}`, who);
  const { items } = await ask(200, ADMIN);
  const shown = items.map(({ title, people }) => [title, people.map((p) => `${p.personId} ${p.text}`)]);
  expect(shown).toEqual([
    [
      '5А',
      [
        'p1 профиль VK ID не привязан',
        'm1 профиль VK ID не привязан',
        'p3 настройки VK не дают добавить в чат',
      ],
    ],
    [null, ['t3 профиль VK ID не привязан']],
  ]);
  expect(items[0]!.people[0]!.chats.map((c) => c.title)).toEqual(['5А класс', '5А/География']);
  expect((await ask(200, HOMEROOM_5A, '?classId=c5a')).items).toEqual([items[0]]);
  expect((await ask(200, HOMEROOM_5A)).items).toEqual([items[0]]);
  expect((await ask(200, OTHER_TEACHER)).items).toEqual([]);
  await ask(403, HOMEROOM_5B, '?classId=c5a');
});

test('J9: from order to chat, as a figure', async () => {
  const read = () => world.done(200, 'GET', '/v1/schools/s1/delays', ADMIN);
  const before = await read();
  await tell('sgo.order.issued', {
    ...{ id: 'o1', kind: 'withdrawal', effectiveOn: '2026-10-01', items: [{ studentId: 'p2' }] },
  });
  const after = await read();
  // Chats of the class and the subject group change; in the parents' chat a parent who stays loses one ground.
  expect(Number(after.count) - Number(before.count)).toBe(2);
  expect(after.p95Seconds).toBeGreaterThan(0);
  expect(Number(after.p95Seconds)).toBeLessThan(30);
});
