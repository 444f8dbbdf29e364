/**
 * Drift (D8) goes on in a chat whose own work waits because of one slow step, since that step concerns its person alone
 * (D14).
 */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';

const WAITING = { timeout: 20_000, interval: 50 };
const STRANGER = 999_000_111;
const FLOOD_CONTROL = 9;
const CROWD = Array.from({ length: 40 }, (_, i) => STRANGER + i);

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld({ env: { LIMIT_DRIFT_INTERVAL_MS: '1000' } });
});
afterEach(() => world[Symbol.asyncDispose]());

async function waitingChat(fault: number) {
  world.sandbox.world.faults.add({ method: 'messages.addChatUser', fault });
  const data = { id: 'c5a', title: '5А', homeroomTeacherIds: ['t1', 't3'] };
  await tell(world, 's1', 'sgo.class.saved', data, { follow: false });
  await vi.waitFor(async () => {
    const { rows } = await sql`select from chat where title = '5А класс' and generation > settled_generation
      and not_before is not null`.execute(everywhere(world.ctx));
    expect(rows).toHaveLength(1);
  }, WAITING);
  return [...world.sandbox.world.chats.values()].find(({ title }) => title === '5А класс')!;
}

test.each([
  ['are under flood control', FLOOD_CONTROL],
  ['fail without end', 10],
])('a stranger leaves a chat in which additions %s, and a crowd is held', async (_, fault) => {
  const chat = await waitingChat(fault);
  world.sandbox.world.join(chat.id, STRANGER);
  await vi.waitFor(() => expect(chat.members.has(STRANGER)).toBe(false), WAITING);
  for (const stranger of CROWD) world.sandbox.world.join(chat.id, stranger);
  await vi.waitFor(async () => {
    const { rows } = await sql`select from sferum_member where held_by is not null`.execute(
      everywhere(world.ctx),
    );
    expect(rows).toHaveLength(CROWD.length);
  }, WAITING);
  expect(CROWD.every((stranger) => chat.members.has(stranger))).toBe(true);
});

test('what is held is decided although an addition of the chat waits for hours', async () => {
  const chat = await waitingChat(FLOOD_CONTROL);
  for (const stranger of CROWD) world.sandbox.world.join(chat.id, stranger);
  const held = await vi.waitFor(async () => {
    const { rows } = await sql<{ id: string }>`select id from operation where state = 'held'`.execute(
      everywhere(world.ctx),
    );
    expect(rows).toHaveLength(1);
    return rows[0]!.id;
  }, WAITING);
  await world.commands.decide({
    ...{ schoolId: 's1', operationId: held, decision: 'approve', chatIds: null },
    by: { id: 'a1', kind: 'person' },
  });
  await vi.waitFor(() => expect(CROWD.some((stranger) => chat.members.has(stranger))).toBe(false), WAITING);
});
