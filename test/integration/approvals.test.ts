/** An approval in the console waits before it acts, can be taken back meanwhile, and outlives the process (F4). */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { heldOperations } from '../../dashboard/read/held-operations.ts';
import { approveLater, takeBackApproval } from '../../src/operations/approve-later.ts';
import { isDue } from '../../src/rows/operation-approval.ts';
import type { TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { startSmallWorld } from '../support/small-world.ts';

const WAITING = { timeout: 20_000, interval: 20 };
const WAIT_MS = 1500;
const STRANGER = 999_000_111;
const CROWD = 40;
const BY = { id: 'operator', kind: 'operator' } as const;
const ANOTHER = { id: 'admin', kind: 'person' } as const;

let world: TestApp;
let school: string;
beforeEach(async () => {
  ({ world, school } = await startSmallWorld({
    LIMIT_DRIFT_INTERVAL_MS: '1000',
    LIMIT_APPROVAL_WAIT_MS: String(WAIT_MS),
  }));
});
afterEach(() => world[Symbol.asyncDispose]());

async function row() {
  const { rows } = await sql<{ id: string; state: string; awaiting: number; held: number }>`
    select o.id, o.state, coalesce(jsonb_array_length(params->'awaiting'), 0) as awaiting,
      (select count(*)::int from sferum_member s where s.held_by = o.id) as held
    from operation o where o.kind = 'drift' order by created_at limit 1`.execute(everywhere(world.ctx));
  return rows[0];
}

const waiting = () => heldOperations(everywhere(world.ctx), school);

/** Puts strangers into two chats and waits until all of them are held. Gives the chats and the operation. */
async function twoHolds() {
  const chats = [...world.sandbox.world.chats.values()]
    .filter(({ members }) => members.size > 20)
    .slice(0, 2);
  for (const [n, chat] of chats.entries()) {
    for (let i = 0; i < CROWD; i++) world.sandbox.world.join(chat.id, STRANGER + n * CROWD + i);
  }
  await vi.waitFor(
    async () => expect(await row()).toMatchObject({ state: 'held', held: 2 * CROWD }),
    WAITING,
  );
  const { rows } = await sql<{ id: string }>`
    select id from chat join unnest(${chats.map(({ title }) => title)}::text[]) with ordinality t(title, n) using (title)
    order by n`.execute(everywhere(world.ctx));
  return { chats, chatIds: rows.map(({ id }) => id), operationId: (await row())!.id };
}

const strangersIn = ({ members }: { members: ReadonlyMap<number, unknown> }) =>
  [...members.keys()].filter((id) => id >= STRANGER && id < STRANGER + 2 * CROWD).length;
const strangers = () => [...world.sandbox.world.chats.values()].reduce((n, chat) => n + strangersIn(chat), 0);

test('nobody leaves before the time is over, then those leave who were approved, and the others stay held', async () => {
  const { operationId, chatIds } = await twoHolds();
  await approveLater(world.ctx, { schoolId: school, operationId, chatIds: [chatIds[0]!], by: BY });
  expect(await row()).toMatchObject({ state: 'held', awaiting: 1, held: 2 * CROWD });
  expect(await waiting()).toMatchObject([{ operationId, chats: 1, places: CROWD }]);
  expect(strangers()).toBe(2 * CROWD);
  await vi.waitFor(() => expect(strangers()).toBe(CROWD), WAITING);
  await vi.waitFor(
    async () => expect(await row()).toMatchObject({ state: 'held', awaiting: 0, held: CROWD }),
    WAITING,
  );
  const { rows } = await sql<{ author: string; waited: number }>`
    select author_id as author, extract(epoch from at - (details->>'decidedAt')::timestamptz) * 1000 as waited
    from journal where what = 'decision'`.execute(everywhere(world.ctx));
  expect(rows).toEqual([{ author: BY.id, waited: expect.anything() }]);
  expect(Number(rows[0]!.waited)).toBeGreaterThanOrEqual(WAIT_MS);
});

test('what is taken back in time waits for a decision again, and nobody has left', async () => {
  const { operationId } = await twoHolds();
  const approvalId = await approveLater(world.ctx, { schoolId: school, operationId, chatIds: null, by: BY });
  await expect(
    approveLater(world.ctx, { schoolId: school, operationId, chatIds: null, by: BY }),
  ).rejects.toMatchObject({ status: 409, type: 'operation-not-held' });
  expect(await waiting()).toEqual([]);
  await takeBackApproval(world.ctx, { schoolId: school, operationId, approvalId, by: ANOTHER });
  expect(await waiting()).toMatchObject([{ operationId, chats: 2, places: 2 * CROWD }]);
  expect(await row()).toMatchObject({ state: 'held', awaiting: 0, held: 2 * CROWD });
  const { rows } = await sql`select author_id as author, details->>'approvedBy' as approved from journal
    where what = 'approval-taken-back'`.execute(everywhere(world.ctx));
  expect(rows).toEqual([{ author: ANOTHER.id, approved: BY.id }]);
  const again = await approveLater(world.ctx, { schoolId: school, operationId, chatIds: null, by: BY });
  expect(strangers()).toBe(2 * CROWD);
  await vi.waitFor(() => expect(strangers()).toBe(0), WAITING);
  await expect(
    takeBackApproval(world.ctx, { schoolId: school, operationId, approvalId: again, by: BY }),
  ).rejects.toMatchObject({ status: 409, type: 'approval-acts' });
});

test('the sweep alone carries it out, as after a restart; a rejection meanwhile has priority', async () => {
  const { operationId, chats, chatIds } = await twoHolds();
  const forgetful = { ...world.ctx, wake: () => undefined };
  await approveLater(forgetful, { schoolId: school, operationId, chatIds: null, by: BY });
  await world.commands.decide({
    ...{ schoolId: school, operationId, decision: 'reject', by: BY },
    chatIds: [chatIds[1]!],
  });
  await vi.waitFor(() => expect(strangersIn(chats[0]!)).toBe(0), WAITING);
  await vi.waitFor(async () => expect(await row()).toMatchObject({ awaiting: 0 }), WAITING);
  expect(strangersIn(chats[1]!)).toBe(CROWD);
});

/** The same world, in which an approval waits until `timeIsOver`. A pass of drift comes meanwhile, however late. */
const patient = () => ({
  ...world.ctx,
  config: { ...world.ctx.config, limits: { ...world.ctx.config.limits, approvalWaitMs: 600_000 } },
});
async function timeIsOver(): Promise<void> {
  const actsAt = JSON.stringify({ actsAt: new Date(world.ctx.clock.now()).toISOString() });
  await sql`update operation set params = jsonb_set(params, '{awaiting}', (
      select jsonb_agg(a || ${actsAt}::jsonb order by n)
      from jsonb_array_elements(params->'awaiting') with ordinality x(a, n)))
    where params ? 'awaiting'`.execute(everywhere(world.ctx));
}

test('it acts also where the question has grown by another chat whose work is not done', async () => {
  const { operationId, chats, chatIds } = await twoHolds();
  const { id, members } = [...world.sandbox.world.chats.values()].find(
    (chat) => chat.members.size > 5 && !chats.includes(chat),
  )!;
  world.sandbox.world.faults.add({ method: 'messages.addChatUser', fault: 9 });
  await approveLater(patient(), { schoolId: school, operationId, chatIds: [chatIds[0]!], by: BY });
  const pupil = [...members].find(([, { isAdmin }]) => !isAdmin)![0];
  world.sandbox.world.leave(id, pupil);
  for (let i = 0; i < CROWD; i++) world.sandbox.world.join(id, STRANGER + 2 * CROWD + i);
  await vi.waitFor(
    async () => expect(await row()).toMatchObject({ state: 'running', awaiting: 1, held: 3 * CROWD }),
    WAITING,
  );
  await timeIsOver();
  await vi.waitFor(() => expect(strangersIn(chats[0]!)).toBe(0), WAITING);
  expect(strangersIn(chats[1]!)).toBe(CROWD);
});

test('people who are held in the chat after the approval wait for a decision of their own', async () => {
  const { operationId, chats, chatIds } = await twoHolds();
  await approveLater(patient(), { schoolId: school, operationId, chatIds, by: BY });
  for (let i = 0; i < CROWD; i++) world.sandbox.world.join(chats[0]!.id, STRANGER + 2 * CROWD + i);
  await vi.waitFor(async () => expect(await row()).toMatchObject({ awaiting: 1, held: 3 * CROWD }), WAITING);
  await timeIsOver();
  await vi.waitFor(() => expect(strangersIn(chats[1]!)).toBe(0), WAITING);
  await vi.waitFor(
    async () => expect(await row()).toMatchObject({ state: 'held', awaiting: 0, held: 2 * CROWD }),
    WAITING,
  );
  expect(strangersIn(chats[0]!)).toBe(CROWD);
  expect(await waiting()).toMatchObject([{ operationId, chats: 1, places: 2 * CROWD }]);
});

test('a person who is held in place of others is not taken out by an approval of before', async () => {
  const { operationId, chats, chatIds } = await twoHolds();
  await approveLater(patient(), { schoolId: school, operationId, chatIds, by: BY });
  const newcomer = STRANGER + 2 * CROWD;
  for (const stranger of [STRANGER, STRANGER + 1]) world.sandbox.world.leave(chats[0]!.id, stranger);
  world.sandbox.world.join(chats[0]!.id, newcomer);
  await vi.waitFor(async () => {
    const { rows } = await sql`select from sferum_member
      where vk_user_id = ${newcomer} and held_by = ${operationId}`.execute(everywhere(world.ctx));
    expect(rows).toHaveLength(1);
  }, WAITING);
  expect(await row()).toMatchObject({ awaiting: 1 });
  await timeIsOver();
  await vi.waitFor(() => expect(strangersIn(chats[1]!)).toBe(0), WAITING);
  await vi.waitFor(
    async () => expect(await row()).toMatchObject({ state: 'held', awaiting: 0, held: CROWD - 1 }),
    WAITING,
  );
  expect(chats[0]!.members.has(newcomer)).toBe(true);
});

test('a process whose clock is a little behind does not act before the time', () => {
  const at = Date.parse('2026-10-01T08:00:00Z');
  const approval = {
    ...{ id: 'a', chatIds: null, by: BY },
    ...{ at: new Date(at).toISOString(), actsAt: new Date(at + 15_000).toISOString() },
  };
  expect([-3600_000, -2_000, 0, 14_999, 15_000].map((ms) => isDue(approval, at + ms))).toEqual([
    ...[true, false, false, false, true],
  ]);
});
