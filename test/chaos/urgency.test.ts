/** Somebody waits for an event: how few slots it takes, and what it need not wait for. */
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { reconcileChats } from '../../src/live/reconcile-chat.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { lookedAt } from '../support/app.ts';
import { ADMIN, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { startHalves } from '../support/halves.ts';
import { slowAt } from '../support/slow-account.ts';
import { tell } from '../support/tell-events.ts';

test('another teacher of a group is in, admin and seen to be so in one request, the old one is out in the next', async () => {
  await using world = await startChatWorld();
  expect(world.inSferum('5А/География')).toBe('101* 201 202');
  await lookedAt(world);
  const before = world.sandbox.api.stats.requests;
  const group = { id: 'geo5a', title: '5А/География', subject: 'География', classId: 'c5a' };
  await tell(world, 's1', 'sgo.subject-group.saved', {
    ...group,
    teacherIds: ['t2'],
    studentIds: ['p1', 'p2'],
  });
  expect(world.inSferum('5А/География')).toBe('102* 201 202');
  expect(world.sandbox.api.stats.requests - before).toBe(2);
});

test('what one event changes in many chats is in Sferum after one request', async () => {
  await using world = await startChatWorld();
  await lookedAt(world);
  const before = world.sandbox.api.stats.requests;
  await tell(world, 's1', 'sgo.person.removed', { id: 'p2' });
  const out = world.sandbox.world.ledger.of('remove').map(({ user }) => user);
  expect(out.filter((user) => user === 202).length).toBeGreaterThan(1);
  expect(world.sandbox.api.stats.requests - before).toBe(1);
});

test('an event for a chat whose bulk work waits for a slot takes that work over at once', async () => {
  await using halves = await startHalves();
  const { ctx } = halves;
  const schoolId = await halves.importSchool();
  await halves.initialize(schoolId, ['staff']);
  const [chatId] = await halves.chatIds();
  // Once the chat is made, its admins wait for the next slot, some seconds long.
  await sql`update sferum_account set requests_per_second = 0.2`.execute(everywhere(ctx));
  const bulk = halves.work(chatId!);
  const row = async () => {
    const { rows } = await sql`select creation, seen_at is not null as known, settled_generation as settled
      from chat where id = ${chatId}`.execute(everywhere(ctx));
    return rows[0];
  };
  await vi.waitFor(async () => expect(await row()).toMatchObject({ creation: 'created' }), 20_000);
  const move = (priority: 'bulk' | 'event') =>
    ctx.db.transactionAcross('figures', ({ sql: tx }) =>
      moveGenerations(tx, [chatId!], { cause: 'test', priority, at: new Date(ctx.clock.now()) }),
    );
  await move('bulk');
  await ctx.chatsInHand.letGoOvertaken(everywhere(ctx), null);
  await move('event');
  await ctx.chatsInHand.letGoOvertaken(everywhere(ctx), null);
  await bulk;
  expect(halves.sandbox.world.ledger.of('promote')).toEqual([]);
  // What was done is known, so nothing is read anew. Nothing that was not done counts as done.
  expect(await row()).toMatchObject({ creation: 'created', known: true, settled: '0' });

  await sql`update sferum_account set requests_per_second = 200`.execute(everywhere(ctx));
  await sql`delete from sferum_pace`.execute(everywhere(ctx));
  await halves.workAll();
  expect(await halves.differences()).toEqual([]);
  expect(halves.sandbox.world.ledger.of('create')).toHaveLength(1);
});

test('it comes again before the rest of the job that it was taken out of has ended', async () => {
  await using halves = await startHalves();
  const { ctx } = halves;
  const schoolId = await halves.importSchool();
  await halves.initialize(schoolId, ['class']);
  await halves.workAll();
  const [other] = await halves.chatIds();
  await halves.initialize(schoolId, ['staff']);
  const chatIds = await halves.chatIds();
  const rowOf = async (key: string) => {
    const { rows } = await sql<{ id: string; creation: string; given: boolean; settled: boolean }>`
      select id, creation, queued_at is not null as given, settled_generation = generation as settled
      from chat where key = ${key} or id::text = ${key}`.execute(everywhere(ctx));
    return rows[0]!;
  };
  const { id: staff } = await rowOf('staff');
  expect(chatIds).toContain(staff);
  const move = (chatId: string, priority: 'bulk' | 'event') =>
    ctx.db.transactionAcross('figures', ({ sql: tx }) =>
      moveGenerations(tx, [chatId], { cause: 'test', priority, at: new Date(ctx.clock.now()) }),
    );
  await sql`update chat set title = title || '!' where id = ${other}`.execute(everywhere(ctx));
  await move(other!, 'bulk');
  // Once the chat is made, its admins wait for the next slot, some seconds long.
  await sql`update sferum_account set requests_per_second = 0.2`.execute(everywhere(ctx));
  const slow = slowAt(ctx, { renameChat: 'before' });
  const bulk = reconcileChats(slow.ctx, { schoolId, chatIds: [other!, staff] });
  await slow.renameChat.arrived;
  await vi.waitFor(async () => expect(await rowOf('staff')).toMatchObject({ creation: 'created' }), 20_000);

  await move(staff, 'event');
  // The mark that says it was given to the queue is taken off, so that giving it again shows.
  await sql`update chat set queued_at = null`.execute(everywhere(ctx));
  await slow.ctx.chatsInHand.letGoOvertaken(everywhere(ctx), null);
  await vi.waitFor(async () => expect(await rowOf('staff')).toMatchObject({ given: true }), 5_000);
  expect(await rowOf(other!)).toMatchObject({ settled: false });
  slow.renameChat.goOn();
  await bulk;
});

test('an admin is dismissed only once his successor is one, though that takes another try', async () => {
  await using world = await startChatWorld();
  expect(world.inSferum('Учительская')).toBe('101 102 103 901*');
  world.sandbox.world.faults.add({ method: 'messages.setMemberRole', fault: 935, times: 1 });
  const staff = await world.chatId('Учительская');
  await world.done(200, 'PATCH', `/v1/chats/${staff}`, ADMIN, { admins: { grant: ['t1'], revoke: ['a1'] } });
  await world.settled();
  expect(world.inSferum('Учительская')).toBe('101* 102 103 901');
  const { ledger } = world.sandbox.world;
  const promoted = ledger.entries.findLastIndex((e) => e.effect === 'promote' && e.user === 101);
  const demoted = ledger.entries.findLastIndex((e) => e.effect === 'demote' && e.user === 901);
  expect(promoted).toBeGreaterThan(-1);
  expect(demoted).toBeGreaterThan(promoted);
});
