/** V2: one chat per key, although its worker is killed or stopped around the one request. */
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { startProgram } from '../support/child-process.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';

/** Limits short enough to wait for, in the same proportions as the real ones. */
const QUICK = {
  LIMIT_SFERUM_TIMEOUT_MS: '1000',
  LIMIT_CREATION_DEADLINE_MS: '1000',
  LIMIT_JOB_LOCK_MS: '1000',
};

/** Makes one chat with people, planned and not yet created. */
async function oneChat(halves: Halves) {
  const school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  const [chatId] = await halves.chatIds();
  return {
    chatId: chatId!,
    created: () => halves.sandbox.world.ledger.of('create').length,
    async creation(id: string) {
      const { rows } = await sql<{ creation: string }>`select creation from chat where id = ${id}`.execute(
        everywhere(halves.ctx),
      );
      return rows[0]!;
    },
  };
}

// Most of this time is waiting. The limit allows for machines that are busy with something else.
describe('processes that end or stop around a creation', { timeout: 150_000 }, () => {
  test('reliability 2: killed between the answer and the commit, the chat is adopted', async () => {
    await using halves = await startHalves({ env: QUICK });
    const { chatId, created, creation } = await oneChat(halves);
    halves.sandbox.world.faults.once('messages.createChat', 'applyThenHang');
    await using first = startProgram('worker', halves.env);
    await vi.waitFor(() => expect(created()).toBe(1), { timeout: 60_000, interval: 20 });
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
    await using halves = await startHalves({ env: QUICK });
    const { chatId, created, creation } = await oneChat(halves);
    if (wasSent) halves.sandbox.world.faults.once('messages.createChat', 'applyThenHang');
    // The request was not sent: the slot of the token's pace is still to come when the worker is stopped.
    else await sql`update sferum_account set requests_per_second = 0.4`.execute(everywhere(halves.ctx));
    if (!wasSent) {
      await sql`update sferum_pace set next_slot_at = clock_timestamp() + interval '900 milliseconds'`.execute(
        everywhere(halves.ctx),
      );
    }
    await using first = startProgram('worker', halves.env);
    await vi.waitFor(
      async () =>
        expect(wasSent ? created() > 0 : (await creation(chatId)).creation === 'creating').toBe(true),
      { timeout: 60_000, interval: 10 },
    );
    first.signal('SIGSTOP');
    expect(created()).toBe(wasSent ? 1 : 0);
    await sql`update sferum_account set requests_per_second = 200`.execute(everywhere(halves.ctx));
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
