/** Sferum is away for a while. Every chat that waits for it goes on as soon as it answers one chat of the school. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';

const WAITING = { timeout: 20_000, interval: 50 };

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const waiting = async () => {
  const { rows } = await sql<{ title: string; waits_for: string | null; wait: number }>`
    select title, waits_for, extract(epoch from not_before)::float8 - ${world.ctx.clock.now() / 1000}::float8 as wait
    from chat where generation > settled_generation order by title`.execute(everywhere(world.ctx));
  return rows;
};

/** Makes the pauses of minutes that a long outage leaves. */
const longPauses = () =>
  sql`update chat set attempts = 10, not_before = ${new Date(world.ctx.clock.now() + 280_000)}
    where generation > settled_generation`.execute(everywhere(world.ctx));

test('nobody waits out a pause of minutes once Sferum is back', async () => {
  world.sandbox.world.faults.add({ fault: 'http502' });
  const items = [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }];
  const order = { id: 'o1', kind: 'transfer', effectiveOn: '2026-10-01', items };
  await tell(world, 's1', 'sgo.order.issued', order, { follow: false });
  await vi.waitFor(async () => {
    const chats = await waiting();
    expect(chats.length).toBeGreaterThan(3);
    expect(chats.every(({ waits_for }) => waits_for === 'sferum')).toBe(true);
  }, WAITING);
  await longPauses();
  world.sandbox.world.faults.clear();
  const back = performance.now();
  await world.settled();
  expect(performance.now() - back).toBeLessThan(15_000);
  expect(world.inSferum('5Б класс')).toBe('102* 201 204 205');
  expect(await world.differences(['s1'])).toEqual([]);
});

test('a chat that alone gets no answer waits for itself: others that are answered do not wake it again and again', async () => {
  world.sandbox.world.faults.add({ method: 'messages.addChatUser', userId: 201, fault: 10 });
  const items = [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }];
  const order = { id: 'o1', kind: 'transfer', effectiveOn: '2026-10-01', items };
  await tell(world, 's1', 'sgo.order.issued', order, { follow: false });
  await vi.waitFor(async () => {
    const chats = await waiting();
    expect(chats.map(({ title }) => title)).toEqual(['5Б класс']);
    expect(chats[0]!.wait).toBeGreaterThan(1);
  }, WAITING);
  const group = { id: 'phys', title: '5/Физика', subject: 'Физика', teacherIds: ['t3'], studentIds: ['p2'] };
  await tell(world, 's1', 'sgo.subject-group.saved', group, { follow: false });
  await vi.waitFor(() => expect(world.inSferum('5/Физика')).toBe('103* 202'), WAITING);
  const own = (await waiting()).find(({ title }) => title === '5Б класс');
  expect(own).toBeDefined();
  expect(own!.waits_for).not.toBe('sferum');
});
