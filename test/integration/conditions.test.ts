/** What stands in the way ends in a condition that says what to do, stops nothing else, and is over once it is cured. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { ADMIN, type ChatWorld, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import type { RosterFiles } from '../support/roster-files.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';
import { tell } from '../support/tell-events.ts';

const OPERATOR = { role: 'operator', school: '*', sub: 'operator' } as const;
const DRIFT_INTERVAL_MS = 1_000;
const WAITING = { timeout: 20_000, interval: 50 };

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld({ env: { LIMIT_DRIFT_INTERVAL_MS: String(DRIFT_INTERVAL_MS) } });
});
afterEach(() => world[Symbol.asyncDispose]());

interface Condition {
  status: string;
  reason: string | null;
  message: string | null;
}

async function conditionOf(title: string): Promise<Condition> {
  const id = await world.chatId(title);
  return (await world.done<{ condition: Condition }>(200, 'GET', `/v1/chats/${id}`, ADMIN)).condition;
}

const becomes = (title: string, condition: Partial<Record<keyof Condition, unknown>>) =>
  vi.waitFor(async () => expect(await conditionOf(title)).toMatchObject(condition), WAITING);

const holds = (title: string, people: string) =>
  vi.waitFor(() => expect(world.inSferum(title)).toBe(people), WAITING);

const liveChat = (title: string) =>
  [...world.sandbox.world.chats.values()].find((chat) => chat.title === title)!;

const ownerOf = async (school: string) =>
  Number((await world.done(200, 'GET', `/v1/schools/${school}/sferum`, OPERATOR)).ownerId);

/** Moves p1 from 5А to 5Б and does not wait for what follows. */
async function transfer(school: string): Promise<void> {
  const items = [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }];
  const order = { id: 'o1', kind: 'transfer', effectiveOn: '2026-10-01', items };
  await tell(world, school, 'sgo.order.issued', order, { follow: false });
}

/** Adds a copy of the school: its names differ by a star, its profiles by a leading 9. */
async function addNeighbour(): Promise<void> {
  const files = Object.entries(linkedRoster()).map(([name, text]): [string, string] => [
    name,
    text
      .replaceAll(/\bs1\b/g, 's2')
      .replaceAll(/VK:/g, 'VK:9')
      .replaceAll(/5А/g, '5А★')
      .replaceAll(/5Б/g, '5Б★'),
  ]);
  await world.importRoster(Object.fromEntries(files) as RosterFiles, '2026-10-01T08:00:00Z');
  await world.done(202, 'POST', '/v1/schools/s2/initializations', OPERATOR, { types: ['class', 'parents'] });
  await world.settled();
}

describe('the account of a school', () => {
  const cases: [string, string, (owner: number) => void][] = [
    [
      'its token is revoked',
      'token',
      (owner) => world.sandbox.world.revokeToken(world.sandbox.world.token('user', owner).token),
    ],
    [
      'its account is blocked',
      'account',
      (ownerId) => world.sandbox.world.faults.add({ ownerId, fault: { work: 'none', ending: 14 } }),
    ],
  ];
  test.each(cases)(
    '%s: it pauses and says so, its neighbour goes on, a new connection cures it',
    async (_, reason, strike) => {
      await addNeighbour();
      strike(await ownerOf('s1'));
      await transfer('s1');
      await transfer('s2');
      await holds('5Б★ класс', '9102* 9201 9204 9205');
      await becomes('5Б класс', { status: 'behind', message: expect.stringContaining('администратор') });
      expect(await world.done(200, 'GET', '/v1/schools/s1/sferum', ADMIN)).toMatchObject({
        ...{ status: 'broken', statusReason: reason },
      });
      expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
      const { operationId } = await world.done<{ operationId: string }>(
        ...([202, 'POST', '/v1/schools/s1/initializations', ADMIN, { types: ['class'] }] as const),
      );
      expect(await world.ended(operationId)).toMatchObject({
        state: 'failed',
        problems: [{ code: expect.stringMatching(/^sferum-/) }],
      });

      world.sandbox.world.faults.clear();
      const connection = await world.done(200, 'GET', '/v1/schools/s1/sferum', OPERATOR);
      const { communityId, userToken } = world.sandbox.world.connectSchool({
        communityId: Number(connection.communityId),
      });
      await world.done(200, 'PUT', '/v1/schools/s1/sferum', OPERATOR, {
        ...{ communityId, accessToken: userToken, tokenKind: 'user', requestsPerSecond: 200 },
      });
      await world.settled();
      expect(await conditionOf('5Б класс')).toMatchObject({ status: 'synced', reason: null, message: null });
      expect(await world.differences(['s1'])).toEqual([]);
    },
  );

  test('a change that comes while the account is broken already says what it waits for', async () => {
    cases[0]![2](await ownerOf('s1'));
    await vi.waitFor(
      async () =>
        expect(await world.done(200, 'GET', '/v1/schools/s1/sferum', ADMIN)).toMatchObject({
          status: 'broken',
        }),
      WAITING,
    );
    await transfer('s1');
    await becomes('5Б класс', { status: 'behind', message: expect.stringContaining('администратор') });
  });

  test('a token revoked while there is nothing to do is noticed by the next look at the chats', async () => {
    world.sandbox.world.revokeToken(world.sandbox.world.token('user', await ownerOf('s1')).token);
    await vi.waitFor(async () => {
      const connection = await world.done(200, 'GET', '/v1/schools/s1/sferum', ADMIN);
      expect(connection).toMatchObject({ status: 'broken', statusReason: 'token' });
    }, WAITING);
  });
});

describe('a chat', () => {
  test('closed to us in the messenger: it says so, the others go on; open again it is brought up by itself', async () => {
    const chat = liveChat('5Б класс');
    world.sandbox.world.setCondition(chat.id, 'disabled');
    await transfer('s1');
    await holds('5А класс', '101* 202 203');
    await holds('5Б родители', '102* 301 302');
    await becomes('5Б класс', {
      ...{ status: 'failing', reason: 'chat-lost' },
      message:
        'Чат удалён в мессенджере или у школы нет прав в нём: удалите его здесь, и он будет создан заново.',
    });
    expect(world.inSferum('5Б класс')).toBe('102* 204 205');
    world.sandbox.world.setCondition(chat.id, 'normal');
    await holds('5Б класс', '102* 201 204 205');
    await becomes('5Б класс', { status: 'synced', reason: null, message: null });
    await world.settled();
    expect(await world.differences(['s1'])).toEqual([]);
  });

  test('we were put out of it: noticed without a change; deleted here, it is made anew by the next initialisation', async () => {
    const chat = liveChat('5Б класс');
    world.sandbox.world.kick(chat.id, chat.ownerId);
    await becomes('5Б класс', { status: 'failing', reason: 'chat-lost' });
    await transfer('s1');
    await holds('5А класс', '101* 202 203');
    const id = await world.chatId('5Б класс');
    await world.done(202, 'DELETE', `/v1/chats/${id}`, ADMIN);
    await world.settled();
    world.sandbox.world.renameByHand(chat.id, 'Прежний чат');
    await world.initialize();
    expect(world.inSferum('5Б класс')).toBe('102* 201 204 205');
    expect(await conditionOf('5Б класс')).toMatchObject({ status: 'synced' });
  });

  test('that cannot be made is set aside, the others go on, and it is taken up again by itself', async () => {
    const ownerId = await ownerOf('s1');
    world.sandbox.world.faults.add({ method: 'messages.createChat', fault: 100, ownerId });
    const group = { title: '5/Физика', subject: 'Физика', teacherIds: ['t3'], studentIds: ['p1'] };
    await tell(world, 's1', 'sgo.subject-group.saved', { id: 'phys', ...group }, { follow: false });
    await transfer('s1');
    await holds('5Б класс', '102* 201 204 205');
    await becomes('5/Физика', {
      status: 'failing',
      reason: 'defect',
      message: expect.stringContaining('администратору сервера'),
    });
    const times = async () => {
      const { rows } = await sql<{ times: number }>`
        select set_aside_times as times from chat where title = '5/Физика'`.execute(everywhere(world.ctx));
      return rows[0]!.times;
    };
    await vi.waitFor(async () => expect(await times()).toBeGreaterThan(1), WAITING);
    world.sandbox.world.faults.clear();
    await holds('5/Физика', '103* 201');
    await becomes('5/Физика', { status: 'synced', reason: null });
    expect(await times()).toBe(0);
  });
});

describe('a person whom Sferum does not let be added', () => {
  test.each([
    [15, 'настройки VK не дают добавить в чат'],
    [936, 'такого профиля VK нет'],
  ])(
    'error %i: his class goes on, he is told why; at the next initialisation he is tried again',
    async (adding, why) => {
      world.sandbox.world.describePerson({ id: 201, adding });
      await transfer('s1');
      await holds('5Б класс', '102* 204 205');
      await holds('5Б родители', '102* 301 302');
      await becomes('5Б класс', { status: 'synced' });
      const told = async () => {
        const path = `/v1/people/p1/grounds?chatId=${await world.chatId('5Б класс')}`;
        return (await world.done<{ chats: { why: string[] }[] }>(200, 'GET', path, ADMIN)).chats[0]!.why;
      };
      expect(await told()).toContain(`В Сферуме нет: ${why}`);
      await world.initialize();
      expect(await told()).toContain(`В Сферуме нет: ${why}`);
      world.sandbox.world.describePerson({ id: 201, adding: 'free' });
      await world.initialize();
      expect(world.inSferum('5Б класс')).toBe('102* 201 204 205');
      expect(await world.differences(['s1'])).toEqual([]);
    },
  );

  test('by himself he is tried again a day later', async () => {
    world.sandbox.world.describePerson({ id: 201, adding: 15 });
    await transfer('s1');
    await becomes('5Б класс', { status: 'synced' });
    await holds('5А класс', '101* 202 203');
    world.sandbox.world.describePerson({ id: 201, adding: 'free' });
    const { clock } = world.ctx;
    const { now } = clock;
    clock.now = () => now() + 25 * 3600_000;
    await holds('5Б класс', '102* 201 204 205');
  });

  test('one who is to be its admin: the chat goes on without him, and he is its admin once he can be added', async () => {
    world.sandbox.world.describePerson({ id: 103, adding: 15 });
    const group = { title: '5/Физика', subject: 'Физика', teacherIds: ['t3'], studentIds: ['p1', 'p2'] };
    await tell(world, 's1', 'sgo.subject-group.saved', { id: 'phys', ...group });
    expect(world.inSferum('5/Физика')).toBe('201 202');
    expect(await conditionOf('5/Физика')).toMatchObject({ status: 'synced' });
    expect(await world.listed(await world.chatId('5/Физика'))).toBe('p1 p2 t3*');
    world.sandbox.world.describePerson({ id: 103, adding: 'free' });
    await world.initialize();
    expect(world.inSferum('5/Физика')).toBe('103* 201 202');
  });

  test.each([15, 'asks'] as const)(
    'nor does an initialisation stumble over the admin of many chats who answers %s',
    async (adding) => {
      await using product = await startTestApp();
      const school = await importSmallSchool(product);
      const { rows } = await sql<{ id: string }>`
        select l.vk_user_id as id from profile_link l join person p on p.school_id = l.school_id and p.id = l.person_id
        where l.school_id = ${school} and p.roles && '{teacher}' order by l.vk_user_id limit 1`.execute(
        everywhere(product.ctx),
      );
      const teacher = Number(rows[0]!.id);
      product.sandbox.world.describePerson({ id: teacher, adding });
      expect((await initializeAll(product, school)).state).toBe('succeeded');
      const wanting = await sql<{ title: string; condition: string }>`
        select c.title, c.condition from chat c join membership m on m.chat_id = c.id and m.admin
          join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id
        where l.vk_user_id = ${teacher}`.execute(everywhere(product.ctx));
      expect(wanting.rows.length).toBeGreaterThan(1);
      const live = [...product.sandbox.world.chats.values()];
      for (const { title, condition } of wanting.rows) {
        expect(condition).toBe('synced');
        expect(live.find((chat) => chat.title === title)!.members.get(teacher)?.isAdmin ?? false).toBe(false);
      }
    },
  );
});
