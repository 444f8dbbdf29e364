/** All processes share one sweep, and it gives schools their turns (rules 3, 7 and 13). */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { takeTurn } from '../../src/outbox/sweep.ts';
import { linkProfile } from '../../src/profile/link-profile.ts';
import { unlinkProfile } from '../../src/profile/unlink-profile.ts';
import { giveOut } from '../../src/rows/chat-given.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { makeSchoolsAtRest } from '../support/schools-at-rest.ts';

const SCHOOLS = 3;
const SIZE = { chats: 40, people: 40, membersOfChat: 1, journalLines: 40 };

let database: TestDatabase;
let halves: Halves;
beforeEach(async () => {
  database = await createTestDatabase();
  await makeSchoolsAtRest(database.ownerUrl, SCHOOLS, SIZE);
  halves = await startHalves({ databaseUrl: database.url });
});
afterEach(async () => {
  await halves[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const idsOf = async (school: number, limit = SIZE.chats) => {
  const { rows } = await sql<{ id: string }>`
    select id from chat where school_id = ${`rest-${school}`} order by id limit ${limit}`.execute(
    everywhere(halves.ctx),
  );
  return rows.map(({ id }) => id);
};
const move = async (ids: readonly string[], priority: 'event' | 'bulk') =>
  halves.ctx.db.transactionAcross('relay', ({ sql: tx }) =>
    moveGenerations(tx, ids, { cause: 'test', priority, at: new Date() }),
  );

describe('the sweep', () => {
  const INTERVAL_MS = DEFAULT_LIMITS.sweepIntervalMs;
  const turn = (isFirst = false) =>
    takeTurn({ ...halves.ctx, config: { ...halves.ctx.config, limits: DEFAULT_LIMITS } }, { isFirst });
  /** Makes the last turn older by this much. */
  const age = (interval: string) =>
    sql`update setting set value = to_jsonb((value #>> '{}')::timestamptz - ${interval}::interval) where key = 'clock'`.execute(
      halves.ctx.db.ofNone,
    );

  test('of processes that ask together one has the turn, and the others know when the next may be taken', async () => {
    const turns = await Promise.all(Array.from({ length: 8 }, () => turn()));
    expect(turns.filter(({ due }) => due !== null)).toHaveLength(1);
    for (const { nextInMs } of turns) expect(nextInMs).toBeLessThanOrEqual(INTERVAL_MS * 1.1);
  });

  test('a process that died in its turn is followed by another after one interval, and a start waits for nobody', async () => {
    expect((await turn(true)).due).not.toBeNull();
    expect((await turn()).due).toBeNull();
    expect((await turn(true)).due).not.toBeNull();
    await age(`${INTERVAL_MS} ms`);
    expect((await turn()).due).not.toBeNull();
  });

  test('what waits is found without any wake; at rest nothing is found', async () => {
    await sql`insert into setting (key, value) values ('schools-counted', to_jsonb(now())),
      ('tidied-on', to_jsonb((now() at time zone 'UTC')::date::text))`.execute(halves.ctx.db.ofNone);
    expect((await turn(true)).due).toEqual([]);
    await move((await idsOf(1)).slice(0, 1), 'event');
    expect((await turn(true)).due).toEqual(['chats']);
    await sql`update sferum_account set status = 'broken' where school_id = 'rest-1'`.execute(
      everywhere(halves.ctx),
    );
    expect((await turn(true)).due).toEqual(['waiting']);
  });

  test('a clock that has stepped back gives nobody the turn before what waits has moved', async () => {
    await turn(true);
    await age('-1 hour');
    const { due, steppedBackMs } = await turn(true);
    expect(due).toBeNull();
    expect(steppedBackMs).toBeGreaterThan(3_590_000);
  });
});

describe('giving out', () => {
  const give = async (own: Partial<Parameters<typeof giveOut>[1]> = {}) => {
    const at = new Date();
    const how = {
      at,
      lostBefore: new Date(at.getTime() - 60_000),
      schoolIds: null,
      schoolBulkChats: 10,
      bulkChatsPerPace: 100,
      workerBulkChats: 1000,
      most: 500,
    };
    const given = await giveOut(halves.ctx.db.across('relay'), { ...how, ...own });
    const kinds = Map.groupBy(given, ({ schoolId, priority }) => `${schoolId} ${priority}`);
    return Object.fromEntries([...kinds].map(([kind, chats]) => [kind, chats.length]));
  };

  test('a school’s bulk work is bounded by what it has in hand, its urgent work is not', async () => {
    await move(await idsOf(1), 'bulk');
    await move((await idsOf(2)).slice(0, 15), 'event');
    expect(await give()).toEqual({ 'rest-1 bulk': 10, 'rest-2 event': 15 });
    expect(await give()).toEqual({});
    await sql`update chat set queued_at = null, settled_generation = generation where id in (
      select id from chat where queued_at is not null and school_id = 'rest-1' limit 4)`.execute(
      everywhere(halves.ctx),
    );
    expect(await give()).toEqual({ 'rest-1 bulk': 4 });
  });

  test('a school with a slow pace has less bulk work in hand than one with a fast pace', async () => {
    for (const school of [1, 2]) await move(await idsOf(school), 'bulk');
    await sql`update sferum_account set requests_per_second = case school_id when 'rest-1' then 0.5 else 3 end
      where school_id in ('rest-1', 'rest-2')`.execute(everywhere(halves.ctx));
    expect(await give({ bulkChatsPerPace: 4 })).toEqual({ 'rest-1 bulk': 2, 'rest-2 bulk': 10 });
  });

  test('bulk work over all schools is bounded by the workers there are, and urgent work is not', async () => {
    for (const school of [1, 2]) await move(await idsOf(school), 'bulk');
    await move((await idsOf(3)).slice(0, 15), 'event');
    expect(await give({ workerBulkChats: 8 })).toEqual({
      'rest-1 bulk': 4,
      'rest-2 bulk': 4,
      'rest-3 event': 15,
    });
    expect(await give({ workerBulkChats: 8 })).toEqual({});
    await sql`insert into process (id, role, connections, seen_at) values
      (gen_random_uuid(), 'worker', 1, now()), (gen_random_uuid(), 'all', 1, now()),
      (gen_random_uuid(), 'worker', 1, now() - interval '1 hour')`.execute(halves.ctx.db.ofNone);
    expect(await give({ workerBulkChats: 8 })).toEqual({ 'rest-1 bulk': 4, 'rest-2 bulk': 4 });
  });

  test('where bulk work of all schools has hardly room left, the next place is of the school with the least', async () => {
    await move(await idsOf(1), 'bulk');
    expect(await give({ schoolIds: ['rest-1'], workerBulkChats: 14 })).toEqual({ 'rest-1 bulk': 10 });
    for (const school of [2, 3]) await move(await idsOf(school), 'bulk');
    expect(await give({ schoolIds: ['rest-1'], workerBulkChats: 14 })).toEqual({
      'rest-2 bulk': 2,
      'rest-3 bulk': 2,
    });
  });

  test('where there is not room for all, the urgent of every school come first, and schools take turns', async () => {
    for (const school of [1, 2]) await move(await idsOf(school), 'bulk');
    await move(await idsOf(3), 'event');
    expect(await give({ most: 30 })).toEqual({ 'rest-3 event': 30 });
    expect(await give({ most: 14 })).toEqual({ 'rest-3 event': 10, 'rest-1 bulk': 2, 'rest-2 bulk': 2 });
  });

  test('a wake for one school gives out its work alone', async () => {
    for (const school of [1, 2]) await move(await idsOf(school), 'bulk');
    expect(await give({ schoolIds: ['rest-2', 'unknown'] })).toEqual({ 'rest-2 bulk': 10 });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['links', () => linkProfile(halves.ctx, { schoolId: 'rest-1', personId: 'p1', vkUserId: 777 })],
    ['unlinks', () => unlinkProfile(halves.ctx, { schoolId: 'rest-1', personId: 'p1' })],
  ])('a person who %s a profile sets their own school going, and no other', async (_, act) => {
    await move(await idsOf(2), 'bulk');
    await act();
    const given = () =>
      sql<{ id: string }>`select distinct school_id as id from chat where queued_at is not null`
        .execute(everywhere(halves.ctx))
        .then(({ rows }) => rows.map(({ id }) => id));
    await vi.waitFor(async () => expect(await given()).toContain('rest-1'));
    expect(await given()).toEqual(['rest-1']);
  });

  test('what must wait, and what belongs to a school whose account is broken, is given to nobody', async () => {
    for (const school of [1, 2]) await move((await idsOf(school)).slice(0, 3), 'event');
    await sql`update chat set not_before = now() + interval '1 minute' where school_id = 'rest-1' and generation > settled_generation`.execute(
      everywhere(halves.ctx),
    );
    await sql`update sferum_account set status = 'broken' where school_id = 'rest-2'`.execute(
      everywhere(halves.ctx),
    );
    expect(await give()).toEqual({});
  });

  test('processes that give out together give no chat twice', async () => {
    await move(await idsOf(1), 'event');
    const given = await Promise.all(Array.from({ length: 6 }, () => give()));
    expect(given.reduce((sum, one) => sum + (one['rest-1 event'] ?? 0), 0)).toBe(SIZE.chats);
  });
});
