import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { seeded, seedFrom } from '../support/random.ts';
import { importSmallSchool, initializeAll, startSmallWorld } from '../support/small-world.ts';

let world: TestApp;
afterEach(() => world[Symbol.asyncDispose]());

/** Counts by title the live chats that somebody is in. */
function copies(of: TestApp): Map<string, number> {
  const count = new Map<string, number>();
  for (const chat of of.sandbox.world.chats.values()) {
    if (chat.members.size > 0) count.set(chat.title, (count.get(chat.title) ?? 0) + 1);
  }
  return count;
}

test('V2, V3: with 15 % of replies lost, 5 % 502 and 5 % error 10 every chat exists once and everybody is in', async () => {
  world = await startTestApp({ sandbox: { random: seeded(seedFrom('CHAOS_SEED')) } });
  const school = await importSmallSchool(world);
  world.sandbox.world.faults.rates = { lostReply: 0.15, http502: 0.05, error10: 0.05 };
  const operation = await initializeAll(world, school);
  expect(operation.problems).toEqual([]);
  expect(operation.state).toBe('succeeded');
  expect([...copies(world)].filter(([, n]) => n > 1)).toEqual([]);
  expect(await world.differences([school])).toEqual([]);
});

test('reliability 1: a creation whose reply was lost is adopted, not made again', async () => {
  world = await startTestApp();
  const school = await importSmallSchool(world);
  world.sandbox.world.faults.once('messages.createChat', 'applyThenReset');
  expect((await initializeAll(world, school)).state).toBe('succeeded');
  const created = world.sandbox.world.ledger.of('create').length;
  const { rows } = await sql<{ n: string; adopted: string }>`
    select count(*) filter (where creation = 'created') as n,
      (select count(*) from journal where what = 'sferum-adopt') as adopted from chat`.execute(
    everywhere(world.ctx),
  );
  expect(created).toBe(Number(rows[0]!.n));
  expect(Number(rows[0]!.adopted)).toBeGreaterThan(0);
  expect(await world.differences([school])).toEqual([]);
});

test('reliability 24: a token revoked in the middle pauses the school, a new one resumes it, nobody is removed', async () => {
  const small = await startSmallWorld();
  world = small.world;
  const { school } = small;
  const access = world.sandbox.world.connectSchool({ communityId: 230_000_001 });
  world.sandbox.world.revokeToken(access.userToken);
  const { rows } = await sql<{ id: string }>`
    update chat set generation = generation + 1, title = title || ' А' where school_id = ${school} returning id`.execute(
    everywhere(world.ctx),
  );
  await expect
    .poll(async () => {
      const { rows: account } = await sql<{ status: string }>`select status from sferum_account`.execute(
        everywhere(world.ctx),
      );
      return account[0]!.status;
    })
    .toBe('broken');
  const fresh = world.sandbox.world.connectSchool({ communityId: 230_000_001 });
  await world.commands.connectSferum({
    schoolId: school,
    communityId: fresh.communityId,
    accessToken: fresh.userToken,
    tokenKind: 'user',
    callsToken: null,
    requestsPerSecond: 200,
    replaceAccount: false,
    by: { id: 'test', kind: 'operator' },
  });
  await world.settled();
  expect(world.sandbox.world.ledger.of('rename')).toHaveLength(rows.length);
  expect(world.sandbox.world.ledger.of('remove')).toHaveLength(0);
});

test('a chat that cannot be read once removes nobody', async () => {
  const small = await startSmallWorld();
  world = small.world;
  const { school } = small;
  world.sandbox.world.faults.add({ method: 'messages.getConversationMembers', fault: 917, times: 1 });
  await initializeAll(world, school);
  expect(world.sandbox.world.ledger.of('remove')).toHaveLength(0);
});
