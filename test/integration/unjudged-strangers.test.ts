/** A stranger whom a look has shown waits for the guard (F4), also if the chat's work comes before the plan. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { accountOf } from '../../src/live/accounts.ts';
import { sweepDrift } from '../../src/live/drift.ts';
import { observeChats } from '../../src/live/observe.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { lookedAt } from '../support/app.ts';
import { type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';

const WAITING = { timeout: 20_000, interval: 50 };
const STRANGER = 999_000_111;
/** The profile of p2, a pupil of 5А. */
const PUPIL = 202;

let world: ChatWorld;
beforeEach(async () => {
  // After the first look nothing looks at the chats by itself.
  world = await startChatWorld({ env: { LIMIT_DRIFT_INTERVAL_MS: '86400000' } });
  await lookedAt(world);
});
afterEach(() => world[Symbol.asyncDispose]());

const liveChat = () => [...world.sandbox.world.chats.values()].find(({ title }) => title === '5А класс')!;

async function look(id: string): Promise<void> {
  const account = await accountOf(world.ctx, 's1');
  await observeChats(world.ctx, account, { schoolId: 's1', priority: 'bulk', ids: [id] });
}

async function unjudged(): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select vk_user_id as id from sferum_member where unjudged`.execute(everywhere(world.ctx));
  return rows.map((r) => r.id);
}

/** Lets this many strangers join. A look shows them, and the chat gets work before a plan has judged them. */
async function seenBeforeWork(strangers: number) {
  const { ctx } = world;
  const chat = liveChat();
  const joined = Array.from({ length: strangers }, (_, i) => STRANGER + i);
  for (const stranger of joined) world.sandbox.world.join(chat.id, stranger);
  const ids = [await world.chatId(chat.title)];
  await look(ids[0]!);
  const at = new Date(ctx.clock.now());
  await ctx.db.transactionOf('s1', ({ sql: tx }) =>
    moveGenerations(tx, ids, { cause: 'test', priority: 'event', at }),
  );
  ctx.wake('chats', { schoolId: 's1' });
  await vi.waitFor(async () => {
    const { rows } = await sql`select from chat where generation > settled_generation`.execute(
      everywhere(ctx),
    );
    expect(rows).toEqual([]);
  }, WAITING);
  return { members: chat.members, joined };
}

test('work that comes between a look and its plan takes no stranger out', async () => {
  const { members, joined } = await seenBeforeWork(40);
  expect(joined.filter((id) => !members.has(id))).toEqual([]);
  await sweepDrift(world.ctx, 's1');
  const { rows } = await sql`select from sferum_member where held_by is not null`.execute(
    everywhere(world.ctx),
  );
  expect(rows).toHaveLength(joined.length);
});

test('one stranger leaves as soon as the plan has judged', async () => {
  const { members, joined } = await seenBeforeWork(1);
  expect(members.has(joined[0]!)).toBe(true);
  expect(await unjudged()).toEqual([String(STRANGER)]);
  await sweepDrift(world.ctx, 's1');
  await vi.waitFor(() => expect(members.has(joined[0]!)).toBe(false), WAITING);
});

test('a pupil who came back without us and then departs is taken out at once', async () => {
  const { sandbox } = world;
  const chat = liveChat();
  const id = await world.chatId(chat.title);
  sandbox.world.leave(chat.id, PUPIL);
  await look(id);
  sandbox.world.join(chat.id, PUPIL);
  await look(id);
  expect(await unjudged()).toEqual([String(PUPIL)]);
  const order = {
    id: 'o1',
    number: '1',
    issuedOn: '2026-09-29',
    kind: 'withdrawal',
    effectiveOn: '2026-10-01',
  };
  await tell(world, 's1', 'sgo.order.issued', { ...order, items: [{ studentId: 'p2' }] });
  expect(chat.members.has(PUPIL)).toBe(false);
});
