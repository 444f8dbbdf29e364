/** V2: one chat per key, whatever happens around its one request. */
import { sql } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { sweepDrift } from '../../src/live/drift.ts';
import { requestDeletion } from '../../src/operations/delete-chat.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { letTimePass } from '../support/let-time-pass.ts';

let halves: Halves;
afterEach(() => halves[Symbol.asyncDispose]());

const creation = async (chatId: string) => {
  const { rows } = await sql<{ creation: string; fence: string }>`
    select creation, creation_fence as fence from chat where id = ${chatId}`.execute(everywhere(halves.ctx));
  return rows[0]!;
};
/** Like letTimePass, but for creations in doubt alone. What is made meanwhile stays young. */
const letDoubtsPass = () =>
  sql`update chat set not_before = null, creation_at = creation_at - interval '10 minutes'
    where creation in ('creating', 'unknown')`.execute(everywhere(halves.ctx));
const created = () => halves.sandbox.world.ledger.of('create').length;

/** Makes one chat with people, planned and not yet created. */
async function oneChat(
  options: Parameters<typeof startHalves>[0] = {},
): Promise<{ school: string; chatId: string; operationId: string }> {
  halves = await startHalves(options);
  const school = await halves.importSchool();
  const operationId = await halves.initialize(school, ['staff']);
  const [chatId] = await halves.chatIds();
  return { school, chatId: chatId!, operationId };
}

describe('one owner by fence', () => {
  test('reliability 18: eight workers on one chat make one', async () => {
    const { chatId } = await oneChat();
    await Promise.all(Array.from({ length: 8 }, () => halves.work(chatId)));
    await letTimePass(halves.ctx);
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
        await letTimePass(halves.ctx);
      }
      await halves.workAll();
      expect(created()).toBe(1);
      expect(await halves.differences()).toEqual([]);
    },
  );

  test('reliability 20: a host whose clock is an hour ahead does not take a creation under way for an old one', async () => {
    const { chatId } = await oneChat();
    await sql`update chat set creation = 'creating', creation_fence = 1, creation_title = title, owner_id = 1,
      creation_at = clock_timestamp() where id = ${chatId}`.execute(everywhere(halves.ctx));
    const ahead = { ...systemClock, now: () => Date.now() + 3_600_000 };
    Object.assign(halves.ctx, { clock: ahead });
    await halves.work(chatId);
    expect(await creation(chatId)).toEqual({ creation: 'creating', fence: '1' });
    expect(created()).toBe(0);
  });
});

describe('duplicates that no look could prevent', () => {
  test('a chat that showed in no listing in time is found later, its people are out, and it is reported', async () => {
    const { school, chatId } = await oneChat();
    halves.sandbox.world.faults.once('messages.createChat', 'applyThenReset');
    halves.sandbox.world.faults.listingLagMs = 3_600_000;
    for (let round = 0; round < 4; round++) {
      await halves.work(chatId);
      await letDoubtsPass();
    }
    await halves.workAll();
    expect(created()).toBe(2);
    expect(halves.duplicates()).toHaveLength(1);

    halves.sandbox.world.faults.listingLagMs = 0;
    await letTimePass(halves.ctx);
    await sweepDrift(halves.ctx, school);
    expect(halves.duplicates()).toEqual([]);
    expect(await halves.differences()).toEqual([]);
    const { rows } = await sql`select chat_id from journal where what = 'sferum-duplicate'`.execute(
      everywhere(halves.ctx),
    );
    expect(rows).toEqual([{ chat_id: chatId }]);
  });

  test('a chat of the same title that somebody made by hand is not ours to touch', async () => {
    const { school, chatId } = await oneChat();
    await halves.workAll();
    const [ours] = [...halves.sandbox.world.chats.values()];
    const cause = { method: 'hand.create', tokenOwner: null };
    const other = halves.sandbox.world.createChat(ours!.ownerId, ours!.title, cause);
    halves.sandbox.world.addMember(other, 555, ours!.ownerId, cause);
    await letTimePass(halves.ctx);
    await sweepDrift(halves.ctx, school);
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
  await requestDeletion(halves.ctx, {
    schoolId: school,
    chatIds: [chatId],
    recreate: true,
    by: { id: 'test', kind: 'operator' },
  });
  await letTimePass(halves.ctx);
  await halves.workAll();
  expect([...halves.sandbox.world.chats.values()].flatMap((c) => [...c.members])).toEqual([]);
  const { rows } = await sql`select deleted_at is not null as gone from chat`.execute(everywhere(halves.ctx));
  expect(rows).toEqual([{ gone: true }]);
});

describe('a creation that VK never answers', () => {
  test('is counted, waits longer each time, is set aside with its reason, and the operation ends and says so', async () => {
    const { school, chatId, operationId } = await oneChat();
    halves.sandbox.world.faults.add({ method: 'messages.createChat', fault: 'error10' });
    const pauses: number[] = [];
    const state = async () => {
      const { rows } = await sql<{
        attempts: number;
        condition: string;
        reason: string;
        wait: number;
        due: boolean;
      }>`
        select attempts, condition, condition_reason as reason, generation > settled_generation as due,
          extract(epoch from not_before - now())::float8 as wait from chat where id = ${chatId}`.execute(
        everywhere(halves.ctx),
      );
      return rows[0]!;
    };
    for (let attempts = 0; (await state()).due; ) {
      await halves.work(chatId);
      const now = await state();
      if (now.due && now.attempts > attempts) pauses.push(now.wait);
      attempts = now.attempts;
      await letTimePass(halves.ctx);
    }
    expect(pauses.length).toBeGreaterThan(3);
    expect(pauses.length).toBeLessThan(20);
    for (const [index, pause] of pauses.slice(2).entries()) expect(pause).toBeGreaterThan(pauses[index + 1]!);
    expect(await state()).toMatchObject({ condition: 'failing', reason: 'unavailable' });
    const { rows } = await sql<{ state: string; problems: unknown[] }>`
      select state, problems from operation where id = ${operationId}`.execute(everywhere(halves.ctx));
    expect(rows[0]).toMatchObject({ problems: [{ code: 'chat-unavailable', chatId }] });
    expect(['queued', 'running']).not.toContain(rows[0]!.state);

    halves.sandbox.world.faults.clear();
    await letTimePass(halves.ctx);
    await sweepDrift(halves.ctx, school);
    for (let look = 0; look < 3; look++) {
      await letTimePass(halves.ctx);
      await halves.workAll();
    }
    expect(await halves.differences()).toEqual([]);
    expect(halves.duplicates()).toEqual([]);
  });

  test('nor does another of its title wait for it for ever', async () => {
    const { chatId } = await oneChat();
    halves.sandbox.world.faults.add({ method: 'messages.createChat', fault: 'error10' });
    await halves.work(chatId);
    const other = halves.ctx.newId();
    await sql`insert into chat (id, school_id, type, title, title_key, archived, created_at, generation, condition, priority, cause)
      select ${other}, school_id, type, title, title_key, false, created_at, 1, 'behind', 'person', 'test' from chat
      where id = ${chatId}`.execute(everywhere(halves.ctx));
    const due = async () => {
      const { rows } =
        await sql`select from chat where id = ${other} and generation > settled_generation`.execute(
          everywhere(halves.ctx),
        );
      return rows.length > 0;
    };
    for (let tries = 0; tries < 15 && (await due()); tries++) {
      await sql`update chat set not_before = null where id = ${other}`.execute(everywhere(halves.ctx));
      await halves.work(other);
    }
    expect(await due()).toBe(false);
  });
});
