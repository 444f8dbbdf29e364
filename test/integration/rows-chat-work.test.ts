/** Work on chats, by the verbs of the outbox: each chat of a request ends by itself. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Condition } from '../../src/rows/chat-condition.ts';
import { noteCaused, recordDelays } from '../../src/rows/chat-delay.ts';
import {
  asideUntil,
  letGo,
  moveGenerations,
  type Postponed,
  postponeChats,
  type Settled,
  settleChats,
  wakeWaiting,
} from '../../src/rows/chat-outbox.ts';
import { openOperation } from '../../src/rows/operation.ts';
import { addPlanned, tickOff } from '../../src/rows/operation-chat.ts';
import type { Sql } from '../../src/store/database.ts';
import {
  A,
  ASIDE,
  AT,
  asStored,
  B,
  C,
  type ChatRows,
  D,
  eachWithChats,
  FAILING,
  ids,
  planned,
  plus,
  SCHOOL,
  SYNCED,
} from '../support/chat-rows.ts';

let chats: ChatRows;
eachWithChats((made) => {
  chats = made;
});

const settled = (id: string, generation: number, own: Partial<Settled> = {}): Settled => ({
  ...{ id, generation, condition: SYNCED, seenAt: AT, lookAgain: { was: null, at: null } },
  ...own,
});

describe('work', () => {
  test('each chat of a request ends by itself: settled, due anew, overtaken, or set aside', async () => {
    await moveGenerations(chats.sql, ids, { cause: 'test', priority: 'bulk', at: AT });
    await moveGenerations(chats.sql, [B], { cause: 'test', priority: 'event', at: AT });
    await chats.set(C, sql`settled_generation = 1, condition = 'held'`);
    const ends = [A, B, C].map((id) => settled(id, 1));
    const done = await settleChats(chats.sql, [...ends, settled(D, 1, { condition: FAILING })], ASIDE);
    const left = { isCaused: false, isAwaited: false };
    expect([...done]).toEqual([A, B, D].map((id) => [id, { ...left, isDue: id === B }]));
    expect(await chats.values('condition')).toEqual(['synced', 'behind', 'held', 'failing']);
    expect(await chats.values('generation > settled_generation')).toEqual([false, true, false, false]);
    expect(await chats.values('not_before')).toEqual([null, null, null, asStored(plus(60_000))]);
  });

  test('who settles hears that other chats of the school wait for an answer of Sferum', async () => {
    await moveGenerations(chats.sql, ids, { cause: 'test', priority: 'bulk', at: AT });
    await chats.set(B, sql`waits_for = 'sferum'`);
    expect((await settleChats(chats.sql, [settled(A, 1)], ASIDE)).get(A)?.isAwaited).toBe(true);
    expect(await wakeWaiting(chats.sql, SCHOOL)).toBe(1);
    expect((await settleChats(chats.sql, [settled(C, 1)], ASIDE)).get(C)?.isAwaited).toBe(false);
  });

  test('a chat that is set aside again waits twice as long, up to a day', async () => {
    for (const [n, times] of [0, 1, 2, 30].entries())
      await chats.set(ids[n]!, sql`set_aside_times = ${times}`);
    const { rows } = await sql<{ ms: number }>`
      select (extract(epoch from ${asideUntil(AT, 60_000)} - ${AT}) * 1000)::float8 as ms
      from chat c order by id`.execute(chats.sql);
    expect(rows.map(({ ms }) => ms)).toEqual([60_000, 120_000, 240_000, 24 * 3600_000]);
  });

  test('a look that became due while the work went on stays; one that it knew is its own to move', async () => {
    await moveGenerations(chats.sql, ids, { cause: 'test', priority: 'bulk', at: AT });
    for (const id of [A, B]) await chats.set(id, sql`look_again_at = ${AT}`);
    const later = plus(5_000);
    await settleChats(
      chats.sql,
      [
        settled(A, 1, { lookAgain: { was: null, at: later } }),
        settled(B, 1, { lookAgain: { was: AT, at: later } }),
      ],
      ASIDE,
    );
    expect((await chats.values('look_again_at')).slice(0, 2)).toEqual([AT, later].map((t) => asStored(t)));
  });

  test('who lets go of what was given before lets nobody else’s go', async () => {
    await chats.set(A, sql`queued_at = ${AT}`);
    await chats.set(B, sql`queued_at = ${plus(1)}`);
    await letGo(chats.sql, ids, AT);
    expect(await chats.values('queued_at is null')).toEqual([true, false, true, true]);
    await letGo(chats.sql, ids);
    expect(await chats.values('queued_at is null')).toEqual([true, true, true, true]);
  });

  test('J9: the first order counts, and a chat that has more to follow is not measured yet', async () => {
    await moveGenerations(chats.sql, [A, B], { cause: 'event:1', priority: 'event', at: AT });
    await moveGenerations(chats.sql, [C], { cause: 'event:2', priority: 'event', at: AT });
    await noteCaused(chats.sql, ids, { causes: ['event:1'], causedAt: plus(-2_000) });
    await noteCaused(chats.sql, ids, { causes: ['event:1'], causedAt: plus(-1_000) });
    const done = await settleChats(chats.sql, [settled(A, 1), settled(C, 1)], ASIDE);
    expect([A, C].map((id) => done.get(id)?.isCaused)).toEqual([true, false]);
    expect(await recordDelays(chats.sql, ids, AT)).toEqual([{ chatId: A, ms: 2_000 }]);
    expect(await recordDelays(chats.sql, ids, AT)).toEqual([]);
  });
});

describe('many at once are what they are one by one', () => {
  const instant = fc.integer({ min: -5, max: 5 }).map((s) => plus(s * 1000));
  const condition = fc.constantFrom<Condition>(SYNCED, FAILING, {
    ...FAILING,
    status: 'behind',
    message: null,
  });
  const worked = {
    generation: fc.integer({ min: 1, max: 3 }),
    seenAt: fc.option(instant),
    lookAgain: fc.record({ was: fc.option(instant), at: fc.option(instant) }),
  };
  const row = fc.record({
    generation: fc.integer({ min: 1, max: 3 }),
    settledGeneration: fc.integer({ min: 0, max: 2 }),
    lookAgainAt: fc.option(instant),
    setAsideTimes: fc.integer({ min: 0, max: 3 }),
    status: fc.constantFrom('behind', 'failing', 'synced'),
  });
  type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;
  const fourOf = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: ids.length, maxLength: ids.length });

  /** Gives what the work writes, and undoes it. */
  async function written(work: (tx: Sql) => Promise<unknown>): Promise<unknown> {
    let rows: unknown;
    const undo = new Error('undone');
    await expect(
      chats.db.transactionOf(SCHOOL, async ({ sql: tx }) => {
        await work(tx);
        rows = await chats.all('*', tx);
        throw undo;
      }),
    ).rejects.toBe(undo);
    return rows;
  }

  async function arrange(rows: readonly Row[]): Promise<void> {
    for (const [n, r] of rows.entries()) {
      await chats.set(
        ids[n]!,
        sql`generation = ${r.generation}, settled_generation = ${r.settledGeneration}, condition = ${r.status},
          look_again_at = ${r.lookAgainAt}, set_aside_times = ${r.setAsideTimes}, queued_at = ${AT}`,
      );
    }
  }

  test('settled', async () => {
    const ends = fourOf(fc.record({ ...worked, condition }));
    await fc.assert(
      fc.asyncProperty(fourOf(row), ends, async (rows, ends) => {
        await arrange(rows);
        const all: Settled[] = ends.map((end, n) => ({ ...end, id: ids[n]! }));
        const together = await written((tx) => settleChats(tx, all, ASIDE));
        const oneByOne = await written(async (tx) => {
          for (const chat of all) await settleChats(tx, [chat], ASIDE);
        });
        expect(together).toEqual(oneByOne);
      }),
      { numRuns: 40 },
    );
  });

  test('postponed', async () => {
    const own = {
      attempt: fc.boolean(),
      isAnswered: fc.boolean(),
      until: instant,
      condition: fc.option(condition),
    };
    await fc.assert(
      fc.asyncProperty(fourOf(row), fourOf(fc.record({ ...worked, ...own })), async (rows, pauses) => {
        await arrange(rows);
        const all: Postponed[] = pauses.map((pause, n) => ({ ...pause, id: ids[n]! }));
        const together = await written((tx) => postponeChats(tx, all, AT));
        const oneByOne = await written(async (tx) => {
          for (const chat of all) await postponeChats(tx, [chat], AT);
        });
        expect(together).toEqual(oneByOne);
      }),
      { numRuns: 40 },
    );
  });
});

test('a chat’s trouble is told by the operations that follow it, and by no other', async () => {
  const generation = 1;
  await moveGenerations(chats.sql, ids, { cause: 'test', priority: 'bulk', at: AT });
  const chatPlans = planned.map(({ id, key, type, title }) => ({
    ...{ chatId: id, key, type, title, actions: [], membersBefore: 0, membersAfter: 0 },
  }));
  const operations = [A, B].map((id) => ({ schoolId: SCHOOL, id }));
  for (const operation of operations) {
    await openOperation(chats.sql, {
      ...operation,
      kind: 'events',
      params: {},
      by: { id: 'test', kind: 'service' },
      at: AT,
    });
    const followed = operation.id === A ? [A, B] : [B];
    await addPlanned(chats.sql, operation, chatPlans, new Set(followed));
  }
  const problem = { code: 'chat-refused', message: 'Сферум отказал.' };
  const ticked = await tickOff(
    chats.sql,
    [
      { chatId: A, generation, apiCalls: 2, problem },
      { chatId: B, generation, apiCalls: 3, problem: null },
      { chatId: C, generation, apiCalls: 5, problem: null },
    ],
    AT,
  );
  expect(ticked.toSorted()).toEqual([A, A, B]);
  const { rows } = await sql`select operation_id as operation, chat_id as chat, api_calls as calls, problem
    from operation_chat where done_at is not null order by 1, 2`.execute(chats.sql);
  expect(rows).toEqual([
    { operation: A, chat: A, calls: 2, problem },
    { operation: A, chat: B, calls: 3, problem: null },
    { operation: B, chat: B, calls: 3, problem: null },
  ]);
});
