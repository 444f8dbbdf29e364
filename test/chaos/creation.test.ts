/** V2: one chat per key, whatever happens around its one request. */
import { sql } from 'kysely';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { requestDeletion } from '../../src/reconcile/delete-chat.ts';
import { dueForTwins } from '../../src/reconcile/twins.ts';
import { startProgram } from '../support/child-process.ts';
import { type Halves, startHalves } from '../support/halves.ts';

/** Short enough to wait for, in the same proportions as the real ones. */
const QUICK = {
  LIMIT_SFERUM_TIMEOUT_MS: '1000',
  LIMIT_CREATION_DEADLINE_MS: '1000',
  LIMIT_JOB_LOCK_MS: '1000',
};

let halves: Halves;
afterEach(() => halves[Symbol.asyncDispose]());

const creation = async (chatId: string) => {
  const { rows } = await sql<{ creation: string; fence: string }>`
    select creation, creation_fence as fence from chat where id = ${chatId}`.execute(halves.ctx.db.sql);
  return rows[0]!;
};
/** What the looks and the quiet time wait for has passed. */
const letTimePass = () =>
  sql`update chat set not_before = null, creation_at = creation_at - interval '10 minutes'`.execute(
    halves.ctx.db.sql,
  );
const created = () => halves.sandbox.world.ledger.of('create').length;

/** One chat with people, planned and not yet made. */
async function oneChat(
  options: Parameters<typeof startHalves>[0] = {},
): Promise<{ school: string; chatId: string }> {
  halves = await startHalves(options);
  const school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  const [chatId] = await halves.chatIds();
  return { school, chatId: chatId! };
}

describe('one owner by fence', () => {
  test('reliability 18: eight workers on one chat make one', async () => {
    const { chatId } = await oneChat();
    await Promise.all(Array.from({ length: 8 }, () => halves.work(chatId)));
    await letTimePass();
    await halves.workAll();
    expect(created()).toBe(1);
    expect(await halves.differences()).toEqual([]);
  });

  test.each(['applyThenReset', 'applyThenError10', 'error10', 'http502'] as const)(
    'reliability 18: the same when the request ends in %s',
    async (fault) => {
      const { chatId } = await oneChat();
      halves.sandbox.world.faults.once('messages.createChat', fault);
      for (let round = 0; round < 4; round++) {
        await Promise.all(Array.from({ length: 8 }, () => halves.work(chatId)));
        await letTimePass();
      }
      await halves.workAll();
      expect(created()).toBe(1);
      expect(await halves.differences()).toEqual([]);
    },
  );

  test('reliability 20: a host whose clock is an hour ahead does not take a creation under way for an old one', async () => {
    const { chatId } = await oneChat();
    await sql`update chat set creation = 'creating', creation_fence = 1, creation_title = title, owner_id = 1,
      creation_at = clock_timestamp() where id = ${chatId}`.execute(halves.ctx.db.sql);
    const ahead = { ...systemClock, now: () => Date.now() + 3_600_000 };
    Object.assign(halves.ctx, { clock: ahead });
    await halves.work(chatId);
    expect(await creation(chatId)).toEqual({ creation: 'creating', fence: '1' });
    expect(created()).toBe(0);
  });
});

describe('processes that end or stop around a creation', () => {
  test('reliability 2: killed between the answer and the commit, the chat is adopted', async () => {
    const { chatId } = await oneChat({ env: QUICK });
    halves.sandbox.world.faults.once('messages.createChat', 'applyThenHang');
    await using first = startProgram('worker', halves.env);
    await vi.waitFor(() => expect(created()).toBe(1), { timeout: 20_000, interval: 5 });
    first.signal('SIGKILL');
    await first.ended;
    expect(await creation(chatId)).toMatchObject({ creation: 'creating' });
    await using second = startProgram('worker', halves.env);
    await second.ready();
    await halves.settled();
    expect(created()).toBe(1);
    expect(await halves.differences()).toEqual([]);
  });

  test.each([
    ['before its request left', false],
    ['while its request was under way', true],
  ])('reliability 3: stopped %s, for longer than its lock, while another takes over', async (_, wasSent) => {
    const { chatId } = await oneChat({ env: QUICK });
    if (wasSent) halves.sandbox.world.faults.once('messages.createChat', 'applyThenHang');
    // Where it was not sent: the slot of the token's pace is still to come when the worker is stopped.
    else await sql`update sferum_account set requests_per_second = 0.4`.execute(halves.ctx.db.sql);
    if (!wasSent) {
      await sql`update sferum_pace set next_slot_at = clock_timestamp() + interval '900 milliseconds'`.execute(
        halves.ctx.db.sql,
      );
    }
    await using first = startProgram('worker', halves.env);
    await vi.waitFor(
      async () =>
        expect(wasSent ? created() > 0 : (await creation(chatId)).creation === 'creating').toBe(true),
      { timeout: 20_000, interval: 2 },
    );
    first.signal('SIGSTOP');
    expect(created()).toBe(wasSent ? 1 : 0);
    await sql`update sferum_account set requests_per_second = 200`.execute(halves.ctx.db.sql);
    await using second = startProgram('worker', halves.env);
    await second.ready();
    await halves.settled();
    first.signal('SIGCONT');
    await vi.waitFor(() => expect(first.lines.length).toBeGreaterThan(1), { timeout: 5_000 });
    await halves.settled();
    expect(created()).toBe(1);
    expect(halves.duplicates()).toEqual([]);
    expect(await halves.differences()).toEqual([]);
  });
});

describe('duplicates that no look could prevent', () => {
  test('a chat that showed in no listing in time is found later, its people are out, and it is reported', async () => {
    const { chatId } = await oneChat();
    halves.sandbox.world.faults.once('messages.createChat', 'applyThenReset');
    halves.sandbox.world.faults.listingLagMs = 3_600_000;
    for (let round = 0; round < 4; round++) {
      await halves.work(chatId);
      await letTimePass();
    }
    await halves.workAll();
    expect(created()).toBe(2);
    expect(halves.duplicates()).toHaveLength(1);

    halves.sandbox.world.faults.listingLagMs = 0;
    await letTimePass();
    expect(await dueForTwins(halves.ctx)).toBe(1);
    await halves.workAll();
    expect(halves.duplicates()).toEqual([]);
    expect(await halves.differences()).toEqual([]);
    const { rows } = await sql`select chat_id from journal where what = 'sferum-duplicate'`.execute(
      halves.ctx.db.sql,
    );
    expect(rows).toEqual([{ chat_id: chatId }]);
    expect(await dueForTwins(halves.ctx)).toBe(0);
  });

  test('a chat of the same title that somebody made by hand is not ours to touch', async () => {
    const { school, chatId } = await oneChat();
    await halves.workAll();
    const [ours] = [...halves.sandbox.world.chats.values()];
    const cause = { method: 'hand.create', tokenOwner: null };
    const other = halves.sandbox.world.createChat(ours!.ownerId, ours!.title, cause);
    halves.sandbox.world.addMember(other, 555, ours!.ownerId, cause);
    await letTimePass();
    expect(await dueForTwins(halves.ctx)).toBe(0);
    await halves.initialize(school, ['staff']);
    await halves.work(chatId);
    expect([...other.members.keys()]).toContain(555);
  });
});

test('G1, V2: deleted while its creation was in doubt, a chat that was made after all is taken down', async () => {
  const { school, chatId } = await oneChat();
  halves.sandbox.world.faults.once('messages.createChat', 'applyThenReset');
  await halves.work(chatId);
  expect(await creation(chatId)).toMatchObject({ creation: 'unknown' });
  await requestDeletion(halves.ctx, { schoolId: school, chatId, recreate: true, by: 'test' });
  await letTimePass();
  await halves.workAll();
  expect([...halves.sandbox.world.chats.values()].flatMap((c) => [...c.members])).toEqual([]);
  const { rows } = await sql`select deleted_at is not null as gone from chat`.execute(halves.ctx.db.sql);
  expect(rows).toEqual([{ gone: true }]);
});
