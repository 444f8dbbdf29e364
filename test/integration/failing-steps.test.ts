/** D14: a step that Sferum refuses, fails or delays holds up its own person, title or link alone. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventType } from '../../src/roster/events/event.ts';
import type { FaultRule } from '../../src/sferum/sandbox/faults.ts';
import { ADMIN, type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';

const WAITING = { timeout: 20_000, interval: 50 };
const NEVER_SOON = String(24 * 3600_000);

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld({ env: { LIMIT_DRIFT_INTERVAL_MS: NEVER_SOON } });
});
afterEach(() => world[Symbol.asyncDispose]());

const holds = (title: string, people: string) =>
  vi.waitFor(() => expect(world.inSferum(title)).toBe(people), WAITING);

interface Shown {
  condition: { status: string; reason: string | null; message: string | null };
  warning: string | null;
}
const shown = async (title: string) =>
  world.done<Shown>(200, 'GET', `/v1/chats/${await world.chatId(title)}`, ADMIN);

const fails = (rule: FaultRule) => world.sandbox.world.faults.add(rule);
const event = (type: EventType, data: Record<string, unknown>) =>
  tell(world, 's1', type, data, { follow: false });

/** p1 (201) leaves the school, and so does the father (302), who has no other child there. */
const departs = () =>
  event('sgo.order.issued', {
    ...{ id: 'o1', kind: 'withdrawal', effectiveOn: '2026-10-01', items: [{ studentId: 'p1' }] },
  });

/** 5А gets another homeroom teacher: t3 (103) instead of t1 (101). */
const changesHands = () => event('sgo.class.saved', { id: 'c5a', title: '5А', homeroomTeacherIds: ['t3'] });

/** Records what is in hand, lets this much time pass, and looks at the chats that wait for it. */
async function later(ms: number): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await sql`select 1 from chat where queued_at is not null`.execute(everywhere(world.ctx));
    expect(rows).toEqual([]);
  }, WAITING);
  const { clock } = world.ctx;
  const { now, elapsed } = clock;
  clock.now = () => now() + ms;
  clock.elapsed = () => elapsed() + ms;
}

describe('a pupil departs, and in the same chat', () => {
  test.each<[string, FaultRule, () => Promise<unknown>]>([
    ['a grant is refused with 15', { method: 'messages.setMemberRole', fault: 15 }, changesHands],
    [
      'a grant is refused as one of no member',
      { method: 'messages.setMemberRole', fault: 935 },
      changesHands,
    ],
    ['the token does not know of roles', { method: 'messages.setMemberRole', fault: 3 }, changesHands],
    ['roles fail without end', { method: 'messages.setMemberRole', fault: 10 }, changesHands],
    ['roles are slowed down', { method: 'messages.setMemberRole', fault: 9 }, changesHands],
    ['additions are under flood control', { method: 'messages.addChatUser', fault: 9 }, changesHands],
    ['additions are forbidden to the account', { method: 'messages.addChatUser', fault: 983 }, changesHands],
    ['one addition ends in 901', { method: 'messages.addChatUser', userId: 103, fault: 901 }, changesHands],
    ['one addition always fails', { method: 'messages.addChatUser', userId: 103, fault: 10 }, changesHands],
    ['one removal is refused', { method: 'messages.removeChatUser', userId: 101, fault: 1017 }, changesHands],
    ['a reading is refused', { method: 'messages.getConversationMembers', fault: 29 }, changesHands],
  ])('%s: he leaves all the same', async (_, rule, other) => {
    fails(rule);
    await other();
    await departs();
    const gone = async () => {
      expect(world.inSferum('5А класс')).not.toContain('201');
      expect(world.inSferum('5А родители')).not.toContain('302');
    };
    await vi.waitFor(gone, WAITING);
    world.sandbox.world.faults.clear();
    await later(25 * 3600_000);
    await holds('5А класс', '103* 202 203');
    await world.settled();
    expect(await world.differences(['s1'])).toEqual([]);
  });

  test('the title is refused: he leaves, who comes enters, and the condition names the title', async () => {
    fails({ method: 'messages.editChat', fault: 100 });
    const id = await world.chatId('5А класс');
    await world.done(200, 'PATCH', `/v1/chats/${id}`, ADMIN, { title: 'Пятый А' });
    await departs();
    await holds('5А класс', '101* 202 203');
    await vi.waitFor(
      async () =>
        expect((await shown('Пятый А')).condition).toMatchObject({
          ...{ status: 'failing', reason: 'defect', message: expect.stringContaining('название') },
        }),
      WAITING,
    );
  });
});

describe('an admin who must go', () => {
  test('leaves as soon as his successor is confirmed', async () => {
    await changesHands();
    await holds('5А класс', '103* 201 202 203');
    await vi.waitFor(async () => expect((await shown('5А класс')).warning).toBe(null), WAITING);
  });

  test('leaves at once where his successor is refused; the chat carries a warning until one is its admin', async () => {
    fails({ method: 'messages.setMemberRole', userId: 103, fault: 15 });
    await changesHands();
    await holds('5А класс', '103 201 202 203');
    await vi.waitFor(
      async () =>
        expect(await shown('5А класс')).toMatchObject({
          warning: 'no-admin-in-sferum',
          condition: { status: 'failing', message: expect.stringContaining('назначьте его') },
        }),
      WAITING,
    );
    expect(await (await world.request('/attention', { as: ADMIN })).text()).toBeDefined();
    world.sandbox.world.faults.clear();
    await world.initialize({ types: ['class'] });
    expect(world.inSferum('5А класс')).toBe('103* 201 202 203');
    expect((await shown('5А класс')).warning).toBe(null);
  });

  test('waits where nobody says whether his successor is admin, ten minutes and no longer', async () => {
    fails({ method: 'messages.setMemberRole', userId: 103, fault: 10 });
    await changesHands();
    await holds('5А класс', '101* 103 201 202 203');
    await vi.waitFor(
      async () => expect((await shown('5А класс')).condition).toMatchObject({ reason: 'unavailable' }),
      WAITING,
    );
    expect(world.inSferum('5А класс')).toContain('101*');
    await later(10 * 60_000);
    await holds('5А класс', '103 201 202 203');
  });

  test('935 on a grant means that the successor is out: he is read, and brought back', async () => {
    const chat = [...world.sandbox.world.chats.values()].find(({ title }) => title === '5А класс')!;
    await world.done(200, 'PATCH', `/v1/chats/${await world.chatId('5А класс')}`, ADMIN, {
      members: { add: ['t3'] },
    });
    await holds('5А класс', '101* 103 201 202 203');
    world.sandbox.world.leave(chat.id, 103);
    await changesHands();
    await holds('5А класс', '103* 201 202 203');
  });
});

test('one person whose addition always fails: the chat is his trouble alone, told on his page', async () => {
  fails({ method: 'messages.addChatUser', userId: 103, fault: 10 });
  await changesHands();
  await vi.waitFor(
    async () => expect((await shown('5А класс')).condition).toMatchObject({ reason: 'unavailable' }),
    WAITING,
  );
  await sql`update chat set attempts = 19 where attempts > 0`.execute(everywhere(world.ctx));
  await later(3600_000);
  const why = async () => {
    const path = `/v1/people/t3/grounds?chatId=${await world.chatId('5А класс')}`;
    return (await world.done<{ chats: { why: string[] }[] }>(200, 'GET', path, ADMIN)).chats[0]!.why;
  };
  await vi.waitFor(
    async () => expect(await why()).toContain('В Сферуме нет: Сферум не отвечает, попробуем ещё раз сами'),
    WAITING,
  );
});
