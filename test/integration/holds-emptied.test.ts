/** F4: a hold that concerns nobody any more ends by itself, whatever has emptied it. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { accountOf } from '../../src/live/accounts.ts';
import { mend } from '../../src/live/mend.ts';
import { observeChats } from '../../src/live/observe.ts';
import type { TestApp, Who } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { startSmallWorld } from '../support/small-world.ts';

const WAITING = { timeout: 20_000, interval: 20 };
const STRANGER = 999_000_111;
/** More people than any limit lets through in one chat. */
const CROWD = 40;

let world: TestApp;
let school: string;
beforeEach(async () => {
  // No look finds anything by itself, because none is due.
  ({ world, school } = await startSmallWorld({ LIMIT_DRIFT_INTERVAL_MS: '86400000' }));
});
afterEach(() => world[Symbol.asyncDispose]());

const idsOf = async (title: string) => {
  const { rows } = await sql<{ id: string }>`select id from chat where title = ${title}`.execute(
    everywhere(world.ctx),
  );
  return rows.map(({ id }) => id);
};

async function look(ids: readonly string[]): Promise<void> {
  const account = await accountOf(world.ctx, school);
  await observeChats(world.ctx, account, { schoolId: school, priority: 'bulk', ids });
}

async function theHold() {
  const { rows } = await sql<{ id: string; state: string; held: number }>`
    select id, state, (result->>'held')::int as held from operation where kind = 'drift'`.execute(
    everywhere(world.ctx),
  );
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

test('a question that was decided for one chat ends when nobody is left in the other', async () => {
  const [one, other] = [...world.sandbox.world.chats.values()].filter(({ members }) => members.size > 20);
  const crowd = Array.from({ length: CROWD }, (_, i) => STRANGER + i);
  for (const chat of [one!, other!])
    for (const stranger of crowd) world.sandbox.world.join(chat.id, stranger);
  const both = [...(await idsOf(one!.title)), ...(await idsOf(other!.title))];
  await look(both);
  await mend(world.ctx, school, both);
  const held = (n: number) =>
    vi.waitFor(async () => expect(await theHold()).toMatchObject({ state: 'held', held: n }), WAITING);
  await held(2 * CROWD);
  const { id } = await theHold();
  const operator: Who = { role: 'operator', school, sub: 'o1' };
  const at = `/v1/operations/${id}/approve?schoolId=${school}`;
  const chatIds = await idsOf(one!.title);
  expect((await world.call('POST', at, operator, { chatIds })).status).toBe(200);
  await held(CROWD);
  for (const stranger of crowd) world.sandbox.world.leave(other!.id, stranger);
  await look(await idsOf(other!.title));
  await vi.waitFor(async () => expect(await theHold()).toMatchObject({ state: 'succeeded' }), WAITING);
  await vi.waitFor(async () => {
    const { rows } = await sql`select from chat where condition = 'held'`.execute(everywhere(world.ctx));
    expect(rows).toEqual([]);
  }, WAITING);
});
