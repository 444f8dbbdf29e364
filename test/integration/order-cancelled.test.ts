/** D6: an order and its cancellation leave everything as it was: chats, lists, adminship, and decisions by hand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, HOMEROOM_5A, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { tell } from '../support/tell-events.ts';
import { stateOf } from '../support/world-state.ts';

const TODAY = '2026-10-01';

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
  await keepByHand();
});
afterEach(() => world[Symbol.asyncDispose]());

/** Makes one of every decision that a person can make about p1 and the parents. */
async function keepByHand(): Promise<void> {
  const create = (body: object) =>
    world.done<{ id: string }>(201, 'POST', '/v1/schools/s1/chats', ADMIN, body);
  await create({
    ...{ type: 'parents', classId: 'c5a', title: 'Комитет' },
    members: [{ personId: 'f1', admin: true }, { personId: 'm1', admin: true }, { personId: 'a1' }],
  });
  await create({
    ...{ type: 'class', classId: 'c5a', title: 'Поход' },
    members: [{ personId: 'p1' }, { personId: 'p4' }, { personId: 't3', admin: true }],
  });
  const change = async (title: string, who: typeof ADMIN | typeof HOMEROOM_5A, body: object) =>
    world.done(200, 'PATCH', `/v1/chats/${await world.chatId(title)}`, who, body);
  await change('Учительская', ADMIN, { members: { add: ['p1', 'f1'] }, reason: 'дежурство' });
  await change('5А/География', ADMIN, { members: { remove: ['p1'] }, reason: 'болеет' });
  await change('5А родители', HOMEROOM_5A, { admins: { grant: ['f1'] } });
  await world.settled();
}

const p1 = { studentId: 'p1' };

test.each([
  [
    'a departure',
    { kind: 'withdrawal', items: [p1] },
    // f1 has p1 alone and leaves with them. m1 still has p2 in the class.
    { '5А класс': '101* 202 203', '5А родители': '101* 301', Учительская: '101 102 103 901*' },
    { Комитет: '301* 901', Поход: '103* 204' },
  ],
  [
    'a departure from the class alone',
    { kind: 'withdrawal', items: [{ ...p1, classId: 'c5a' }] },
    { '5А класс': '101* 202 203', '5А родители': '101* 301' },
    {},
  ],
  [
    'a transfer',
    { kind: 'transfer', items: [{ ...p1, classId: 'c5a', toClassId: 'c5b', subjectGroupIds: ['art5'] }] },
    { '5А класс': '101* 202 203', '5Б класс': '102* 201 204 205', '5Б родители': '102* 301 302' },
    { '5 *Рисование': '102* 201 203 204', Комитет: '301* 302* 901', Поход: '103* 201 204' },
  ],
  [
    'an enrollment',
    { kind: 'enrollment', items: [{ ...p1, classId: 'c5b', subjectGroupIds: ['art5'] }] },
    { '5А класс': '101* 201 202 203', '5Б класс': '102* 201 204 205' },
    { '5 *Рисование': '102* 201 203 204', Комитет: '301* 302* 901' },
  ],
])('%s', async (_, order, ofClasses, byHand) => {
  const before = await stateOf(world);
  await tell(world, 's1', 'sgo.order.issued', { id: 'o1', number: '12', effectiveOn: TODAY, ...order });
  const meanwhile = await stateOf(world);
  expect(meanwhile.sferum).toMatchObject({ ...ofClasses, ...byHand });
  expect(meanwhile.byHand).toEqual(before.byHand);
  expect(await world.differences(['s1'])).toEqual([]);
  await tell(world, 's1', 'sgo.order.cancelled', { id: 'o1' });
  expect(await stateOf(world)).toEqual(before);
  expect(await world.differences(['s1'])).toEqual([]);
});

test('a departure of all who could be its admin: a school admin stands in, and leaves when they are back', async () => {
  const before = await stateOf(world);
  const leaves = { kind: 'withdrawal', effectiveOn: TODAY, items: [p1, { studentId: 'p2' }] };
  await tell(world, 's1', 'sgo.order.issued', { id: 'o1', ...leaves });
  expect(world.inSferum('Комитет')).toBe('901*');
  const { conditions } = await stateOf(world);
  expect(conditions).toContain('Комитет: synced no-own-admin');
  await tell(world, 's1', 'sgo.order.cancelled', { id: 'o1' });
  expect(await stateOf(world)).toEqual(before);
});

test('an order said anew with other pupils takes back what it did to the first ones', async () => {
  const before = await stateOf(world);
  const leaves = { id: 'o1', kind: 'withdrawal', effectiveOn: TODAY };
  await tell(world, 's1', 'sgo.order.issued', { ...leaves, items: [p1] });
  await tell(world, 's1', 'sgo.order.issued', { ...leaves, items: [{ studentId: 'p5' }] });
  expect((await stateOf(world)).sferum).toEqual({ ...before.sferum, '5Б класс': '102* 204' });
  await tell(world, 's1', 'sgo.order.cancelled', { id: 'o1' });
  expect(await stateOf(world)).toEqual(before);
});

test('rule 4: the next roster overrules an order it does not know, though it says nothing new', async () => {
  const before = world.inSferum('5А класс');
  const moved = { ...p1, classId: 'c5a', toClassId: 'c5b' };
  const order = { id: 'o1', kind: 'transfer', effectiveOn: TODAY, items: [moved] };
  await tell(world, 's1', 'sgo.order.issued', order);
  expect(world.inSferum('5А класс')).toBe('101* 202 203');
  await world.importRoster(linkedRoster(), new Date(world.ctx.clock.now()).toISOString());
  await world.settled();
  expect(world.inSferum('5А класс')).toBe(before);
});
