/** J1: one answer for any person and chat: orders by number and date, what is held, who is not linked. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';

const TODAY = '2026-10-01';
const ORDER_12 = 'Не в чате по приказу № 12 от 30.09.2026';
const ORDER_13 = 'Не в чате по приказу № 13 от 29.09.2026';

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

interface ChatAnswer {
  title: string;
  isMember: boolean;
  inSferum: boolean;
  held: boolean;
  why: string[];
  grounds: { kind: string; orderNumber?: string; orderDate?: string }[];
  changes: { sentence: string; cause: { kind: string; text: string } }[];
}

async function ask(person: string, title: string): Promise<ChatAnswer> {
  const path = `/v1/people/${person}/grounds?chatId=${await world.chatId(title)}`;
  const { chats } = await world.done<{ chats: ChatAnswer[] }>(200, 'GET', path, ADMIN);
  expect(chats).toHaveLength(1);
  return chats[0]!;
}

const why = async (person: string, title: string) => (await ask(person, title)).why;

test('a transfer and a departure answer with their order in every chat of the pupil and his parents', async () => {
  await world.done(201, 'POST', '/v1/schools/s1/chats', ADMIN, {
    ...{ type: 'class', classId: 'c5a', title: 'Поход' },
    members: [{ personId: 'p1' }, { personId: 'p2' }, { personId: 't1', admin: true }],
  });
  const transfer = { id: 'o1', number: '12', issuedOn: '2026-09-30', kind: 'transfer', effectiveOn: TODAY };
  const p1 = { studentId: 'p1', classId: 'c5a', toClassId: 'c5b' };
  await tell(world, 's1', 'sgo.order.issued', { ...transfer, items: [p1] });
  const departure = {
    id: 'o2',
    number: '13',
    issuedOn: '2026-09-29',
    kind: 'withdrawal',
    effectiveOn: TODAY,
  };
  await tell(world, 's1', 'sgo.order.issued', { ...departure, items: [{ studentId: 'p2' }] });

  const came = await ask('p1', '5Б класс');
  expect(came.why).toEqual(['В чате: учится в 5Б с 1 октября (приказ № 12 от 30.09.2026)']);
  expect(came.grounds).toMatchObject([{ orderNumber: '12', orderDate: '2026-09-30' }]);
  expect(came.changes.at(-1)).toMatchObject({ cause: { kind: 'event', text: 'Событие СГО' } });
  expect(await why('m1', '5Б родители')).toEqual([
    'В чате: родитель: Абаев Марк, 5Б с 1 октября (приказ № 12 от 30.09.2026)',
  ]);
  expect(await why('p1', '5А класс')).toEqual([ORDER_12]);
  expect(await why('p1', '5А/География')).toEqual([ORDER_12]);
  expect(await why('f1', '5А родители')).toEqual([ORDER_12]);
  // The person has not departed, so decisions by hand stay in force.
  expect(await why('p1', 'Поход')).toEqual([
    ...['В чате: добавление вручную', 'Добавление вручную: Обмочиева Ольга Викторовна, 01.10.2026'],
  ]);

  expect(await why('p2', '5А класс')).toEqual([ORDER_13]);
  expect(await why('p2', 'Поход')).toEqual([
    ...['Добавление вручную: Обмочиева Ольга Викторовна, 01.10.2026', ORDER_13],
  ]);
  // Her last child left the class by one of the two orders.
  expect([[ORDER_12], [ORDER_13]]).toContainEqual(await why('m1', '5А родители'));
  expect(await why('p2', '5Б класс')).toEqual(['Не учится в 5Б и не руководит этим классом']);

  await tell(world, 's1', 'sgo.order.cancelled', { id: 'o2' });
  expect(await why('p2', '5А класс')).toEqual(['В чате: учится в 5А с 1 сентября 2026']);
});

test('a removal that waits is told so; rejected or approved, the answer says by whom', async () => {
  const limits = { chatShare: 0.2, chatAtLeast: 1, schoolShare: 1, schoolAtLeast: 1000 };
  await sql`update school set limits = ${JSON.stringify(limits)}::jsonb`.execute(everywhere(world.ctx));
  const group = { id: 'geo5a', subject: 'География', classId: 'c5a', teacherIds: ['t1'], studentIds: ['p3'] };
  await tell(world, 's1', 'sgo.subject-group.saved', { ...group, title: '5А/География' });
  const art = { id: 'art5', subject: 'Рисование', teacherIds: ['t2'], studentIds: ['p3'] };
  await tell(world, 's1', 'sgo.subject-group.saved', { ...art, title: '5 *Рисование' });

  const held = await ask('p1', '5А/География');
  expect(held).toMatchObject({ isMember: true, inSferum: true, held: true });
  expect(held.why).toEqual([
    'В чате: учится в группе «5А/География»',
    'Основания больше нет: исключение остановлено и ждёт решения',
  ]);
  expect(held.changes[0]!.sentence).toMatch(/ждёт решения/);

  const { items } = await world.done<{ items: { id: string }[] }>(
    ...([200, 'GET', '/v1/schools/s1/operations?state=held', ADMIN] as const),
  );
  expect(items).toHaveLength(1);
  const hold = `/v1/operations/${items[0]!.id}`;
  const [geo, artChat] = [await world.chatId('5А/География'), await world.chatId('5 *Рисование')];
  await world.done(200, 'POST', `${hold}/reject`, ADMIN, { chatIds: [geo] });
  await world.done(200, 'POST', `${hold}/approve`, ADMIN, { chatIds: [artChat] });
  await world.settled();
  expect(await why('p1', '5А/География')).toEqual([
    'В чате: добавление вручную',
    'Добавление вручную: Обмочиева Ольга Викторовна, 01.10.2026 – Исключение отклонено',
  ]);
  const gone = await ask('p4', '5 *Рисование');
  expect(gone).toMatchObject({ isMember: false, inSferum: false, held: false });
  expect(gone.why).toEqual(['Не учится в группе «5 *Рисование» и не ведёт её']);
  expect(gone.changes[1]).toMatchObject({
    ...{ sentence: expect.stringMatching(/^Исключить: Агеенко Вадим/), cause: { kind: 'approval' } },
  });
});

test('who is not linked is in СГО and told why not in Sferum; who is neither in the lists nor linked, that', async () => {
  await tell(world, 's1', 'sgo.person.saved', {
    ...{ id: 'p9', familyName: 'Новый', givenName: 'Олег', roles: ['student'] },
  });
  const order = { id: 'o1', number: '7', kind: 'enrollment', effectiveOn: TODAY };
  await tell(world, 's1', 'sgo.order.issued', { ...order, items: [{ studentId: 'p9', classId: 'c5a' }] });
  expect(await ask('p9', '5А класс')).toMatchObject({
    ...{ isMember: true, inSferum: false },
    why: ['В чате: учится в 5А с 1 октября 2026 (приказ № 7)', 'В Сферуме нет: профиль VK ID не привязан'],
  });
  await tell(world, 's1', 'sgo.profile.linked', { personId: 'p9', vkUserId: 209 });
  expect(await ask('p9', '5А класс')).toMatchObject({ isMember: true, inSferum: true });
  await tell(world, 's1', 'sgo.person.removed', { id: 't3' });
  expect(await why('t3', 'Учительская')).toEqual(['Нет в списках школы']);
});
