/** K3: a pause of the lists as a whole: what is imported, who is moved meanwhile, and how it ends. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { edited } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';

const OPERATOR = { role: 'operator', school: '*', sub: 'op' } as const;
const PAUSE = { from: '2026-10-01', to: '2026-10-07' };
const AFTER = '2026-10-08T09:00:00Z';
const WAITING = { timeout: 20_000 };
const TITLES = ['5А класс', '5Б класс', '5А родители', '5Б родители', '5А/География'];

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const pause = (pauses: object[] = [PAUSE]) =>
  world.done(200, 'PUT', '/v1/schools/s1/settings', ADMIN, { pauses });
const inSferum = () => TITLES.map((title) => world.inSferum(title));

function setNow(instant: string): void {
  const { clock } = world.ctx;
  const before = clock.now.bind(clock);
  const aheadMs = Date.parse(instant) - before();
  clock.now = () => before() + aheadMs;
}

/** p1 is in the other class, 5А has another name and teacher, and its group is gone. */
async function sendNewLists(): Promise<void> {
  let files = linkedRoster();
  files = edited(files, 'enrollments.csv', 'e3,,c5a,s1,p1', 'e3,,c5b,s1,p1');
  files = edited(files, 'enrollments.csv', 'e1,,c5a,s1,t1', 'e1,,c5a,s1,t3');
  files = edited(files, 'classes.csv', 'c5a,,5А,', 'c5a,,6А,');
  await world.importRoster(files, new Date(world.ctx.clock.now()).toISOString());
}

describe('in a pause', () => {
  beforeEach(() => pause());

  test('lists are taken in and move nobody; on the day after they are followed', async () => {
    const before = inSferum();
    await sendNewLists();
    await tell(world, 's1', 'sgo.subject-group.saved', {
      ...{ id: 'phys', title: '5/Физика', subject: 'Физика', teacherIds: ['t3'], studentIds: ['p2'] },
    });
    const { rows } = await sql`select title from class where id = 'c5a'`.execute(everywhere(world.ctx));
    expect(rows).toEqual([{ title: '6А' }]);
    expect(inSferum()).toEqual(before);
    expect(world.inSferum('5/Физика')).toBeNull();
    setNow(AFTER);
    await expect.poll(() => world.inSferum('5/Физика'), WAITING).toBe('103* 202');
    await world.settled();
    expect(world.inSferum('5Б класс')).toBe('102* 201 204 205');
    expect(world.inSferum('6А класс')).toContain('103*');
    expect(await world.differences(['s1'])).toEqual([]);
  });

  test('an order moves a pupil with the parents, and a stranger goes', async () => {
    const items = [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }];
    const order = { id: 'o1', kind: 'transfer', effectiveOn: '2026-10-01', items };
    await tell(world, 's1', 'sgo.order.issued', order);
    expect(world.inSferum('5Б класс')).toBe('102* 201 204 205');
    expect(world.inSferum('5Б родители')).toContain('301');
    const chat = [...world.sandbox.world.chats.values()].find(({ title }) => title === '5Б класс')!;
    world.sandbox.world.join(chat.id, 999_000_111);
    await world.call('POST', `/v1/chats/${await world.chatId('5Б класс')}/check`, ADMIN);
    await expect.poll(() => world.inSferum('5Б класс'), WAITING).toBe('102* 201 204 205');
  });

  test('who unlinks the profile is out of every chat, and in again once it is linked', async () => {
    await sendNewLists();
    const before = inSferum();
    await tell(world, 's1', 'sgo.profile.unlinked', { personId: 'p2' });
    expect(inSferum().join()).not.toMatch(/202/);
    await tell(world, 's1', 'sgo.profile.linked', { personId: 'p2', vkUserId: 202 });
    expect(inSferum()).toEqual(before);
    expect(before.join()).toMatch(/202/);
  });

  test('who is taken out and put back by hand follows at once, and nobody else of the chat', async () => {
    await sendNewLists();
    const chat = `/v1/chats/${await world.chatId('5А класс')}`;
    const before = world.inSferum('5А класс')!;
    await world.done(200, 'PATCH', chat, ADMIN, { members: { remove: ['p2'] } });
    await world.settled();
    expect(world.inSferum('5А класс')).toBe(before.replace(' 202', ''));
    await world.done(200, 'PATCH', chat, ADMIN, { members: { add: ['p2', 't3'] } });
    await world.settled();
    expect(world.inSferum('5А класс')).toBe(`${before.replace('101*', '101* 103*')}`);
  });

  test('the answer to «why not here» names the pause', async () => {
    await sendNewLists();
    const chat = await world.chatId('5Б класс');
    const answer = await world.done<{ chats: { why: string[] }[] }>(
      200,
      'GET',
      `/v1/people/p1/grounds?chatId=${chat}`,
      ADMIN,
    );
    expect(answer.chats[0]?.why).toEqual([
      'По спискам место в чате есть: добавим после паузы, которая идёт до 07.10.2026',
    ]);
  });

  test('a plan that a person starts is no list', async () => {
    await sendNewLists();
    await world.initialize();
    expect(world.inSferum('5Б класс')).toBe('102* 201 204 205');
  });

  test('taken back, the lists are followed at once', async () => {
    await sendNewLists();
    await pause([]);
    await expect.poll(() => world.inSferum('5Б класс'), WAITING).toBe('102* 201 204 205');
    await world.settled();
    expect(await world.differences(['s1'])).toEqual([]);
  });
});

test('settings that are saved with the same pauses compute nothing anew', async () => {
  const computedOn = async () => {
    const { rows } = await sql<{ day: string }>`select computed_on as day from school`.execute(
      everywhere(world.ctx),
    );
    return rows[0]?.day;
  };
  await pause();
  await world.settled();
  await expect.poll(computedOn, WAITING).toBe('2026-10-01');
  await sql`update school set computed_on = '2030-01-01'`.execute(everywhere(world.ctx));
  await pause();
  expect(await computedOn()).toBe('2030-01-01');
  await pause([]);
  await expect.poll(computedOn, WAITING).toBe('2026-10-01');
});

describe('the region', () => {
  const put = (pauses: object[]) => world.done(200, 'PUT', '/v1/pauses', OPERATOR, pauses);
  const state = async () => {
    const { items } = await world.done<{ items: { state: string; since: string | null }[] }>(
      ...([200, 'GET', '/v1/schools', OPERATOR] as const),
    );
    return [items[0]?.state, items[0]?.since];
  };

  test('pauses all schools, or one, and says which are paused', async () => {
    const before = inSferum();
    await put([{ ...PAUSE, schoolId: 's1' }]);
    expect(await state()).toEqual(['paused', '2026-09-30T21:00:00.000Z']);
    await sendNewLists();
    expect(inSferum()).toEqual(before);
    expect(await world.done(200, 'GET', '/v1/pauses', OPERATOR)).toEqual([{ ...PAUSE, schoolId: 's1' }]);
    await put([]);
    await expect.poll(() => world.inSferum('5Б класс'), WAITING).toBe('102* 201 204 205');
    expect((await state())[0]).toBe('fine');
    const journal = await world.done<{ items: { sentence: string }[] }>(
      ...([200, 'GET', '/v1/schools/s1/journal?perPage=100', ADMIN] as const),
    );
    expect(journal.items.map(({ sentence }) => sentence).filter((one) => one.includes('паузы'))).toEqual([
      'Настройки школы изменены: паузы региона: 01.10.2026–07.10.2026 → нет',
      'Настройки школы изменены: паузы региона: нет → 01.10.2026–07.10.2026',
    ]);
  });

  test('its windows and a school’s own are one pause', async () => {
    await put([{ from: '2026-10-04', to: '2026-10-09' }]);
    await pause();
    await sendNewLists();
    setNow(AFTER);
    const computedOn = async () => {
      const { rows } = await sql<{ day: string }>`select computed_on as day from school`.execute(
        everywhere(world.ctx),
      );
      return rows[0]?.day;
    };
    await expect.poll(computedOn, WAITING).toBe('2026-10-08');
    await world.settled();
    expect(world.inSferum('5Б класс')).not.toContain('201');
    setNow('2026-10-10T09:00:00Z');
    await expect.poll(() => world.inSferum('5Б класс'), WAITING).toBe('102* 201 204 205');
  });

  test('a school’s admin sets none here, and an operator of one school none of others', async () => {
    expect((await world.call('PUT', '/v1/pauses', ADMIN, [])).status).toBe(403);
    const bound = { ...OPERATOR, school: 's1' };
    await put([{ from: '2026-12-28', to: '2027-01-10' }]);
    await world.done(404, 'PUT', '/v1/pauses', bound, [{ ...PAUSE, schoolId: 's2' }]);
    await world.done(200, 'PUT', '/v1/pauses', bound, [PAUSE]);
    expect(await world.done(200, 'GET', '/v1/pauses', OPERATOR)).toEqual([
      { ...PAUSE, schoolId: 's1' },
      { from: '2026-12-28', to: '2027-01-10' },
    ]);
  });
});

test.each([
  ['reversed', [{ from: '2026-10-07', to: '2026-10-01' }], 'заканчивается раньше, чем начинается'],
  ['too long', [{ from: '2026-01-01', to: '2026-12-31' }], 'длиннее 200 дней'],
  ['overlapping', [PAUSE, { from: '2026-10-07', to: '2026-10-09' }], 'пересекается с другой'],
])('a window that is %s is refused, and nothing changes', async (_, pauses, why) => {
  const path = '/v1/schools/s1/settings';
  for (const [method, at] of [
    ['PUT', path],
    ['PUT', '/v1/pauses'],
  ] as const) {
    const who = at === path ? ADMIN : OPERATOR;
    const response = await world.call(method, at, who, at === path ? { pauses } : pauses);
    const problem = (await response.json()) as { status: number; type: string; title: string };
    expect(problem).toMatchObject({ status: 422, type: 'pause-invalid' });
    expect(problem.title).toContain(why);
  }
  expect(await world.done(200, 'GET', path, ADMIN)).toMatchObject({ pauses: [] });
});
