import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventType } from '../../src/roster/events/event.ts';
import { EVENTS_PER_BATCH } from '../../src/roster/events/limits.ts';
import { findDelays } from '../../src/store/queries/delays.ts';
import type { TokenClaims } from '../support/api.ts';
import { ADMIN, type ChatWorld, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { edited, withoutRows, withRows } from '../support/roster-files.ts';

const SERVICE: TokenClaims = { role: 'service', school: 's1', sub: 'sgo' };
const BATCH = 'application/cloudevents-batch+json';

let world: ChatWorld;
let sent = 0;
beforeEach(async () => {
  world = await startChatWorld();
  sent = 0;
});
afterEach(async () => {
  expect(await world.differences(['s1'])).toEqual([]);
  await world[Symbol.asyncDispose]();
});

/** An event of this minute of today, unless it says otherwise. */
function event(type: EventType | string, data: object, own: { id?: string; time?: string } = {}) {
  sent += 1;
  const minute = String(sent).padStart(2, '0');
  return {
    specversion: '1.0',
    source: 'sgo',
    id: `e${sent}`,
    type,
    time: `2026-10-01T09:${minute}:00Z`,
    data,
    ...own,
  };
}

async function post(
  events: unknown,
  as: TokenClaims = SERVICE,
  school = 's1',
  type = BATCH,
): Promise<Response> {
  const init = { method: 'POST', as, headers: { 'content-type': type }, body: JSON.stringify(events) };
  return world.request(`/v1/schools/${school}/events`, init);
}

async function hear(...events: unknown[]) {
  const response = await post(events);
  const receipt = (await response.json()) as {
    accepted: number;
    duplicates: number;
    rejected: { id: string; message: string }[];
  };
  expect({ status: response.status, receipt }).toMatchObject({ status: 202 });
  await world.settled();
  return receipt;
}

const taken = (accepted: number) => ({ accepted, duplicates: 0, rejected: [] });

/** Every live chat of the sandbox. */
function everything(): Record<string, string | null> {
  const titles = [...world.sandbox.world.chats.values()].map((chat) => chat.title).sort();
  return Object.fromEntries(titles.map((title) => [title, world.inSferum(title)]));
}

const moved = (id: string, items: object[], own: object = {}) =>
  event('sgo.order.issued', { id, kind: 'transfer', effectiveOn: '2026-10-01', items, ...own });

describe('orders (D6)', () => {
  test('a transfer moves a pupil and his parents, groups of the old class included', async () => {
    expect(
      await hear(moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }], { number: '12' })),
    ).toEqual(taken(1));
    expect(everything()).toMatchObject({
      '5А класс': '101* 202 203',
      '5Б класс': '102* 201 204 205',
      '5А/География': '101* 202',
      // m1 has p2 in 5А still; f1 has p1 alone. t1 is a parent of p3.
      '5А родители': '101* 301',
      '5Б родители': '102* 301 302',
    });
    const { rows } = await sql<{
      grounds: object[];
    }>`select grounds from membership m join chat c on c.id = m.chat_id
      where c.key = 'class:c5b' and person_id = 'p1'`.execute(world.ctx.db.sql);
    expect(rows[0]!.grounds).toEqual([
      { kind: 'enrollment', classId: 'c5b', since: '2026-10-01', orderId: 'o1' },
    ]);
  });

  test('a roster taken meanwhile leaves the departed and his parent out; the cancellation brings all back', async () => {
    const before = everything();
    const leaves = { id: 'o1', kind: 'withdrawal', effectiveOn: '2026-10-01', items: [{ studentId: 'p1' }] };
    await hear(event('sgo.order.issued', leaves));
    const left = withoutRows(withoutRows(linkedRoster(), 'enrollments.csv', ',p1,'), 'users.csv', 'p1,');
    await world.importRoster(withoutRows(left, 'users.csv', 'f1,'), '2026-10-01T09:30:00Z');
    await world.settled();
    expect(world.inSferum('5А класс')).toBe('101* 202 203');
    await hear(event('sgo.order.cancelled', { id: 'o1' }, { time: '2026-10-01T09:40:00Z' }));
    expect(everything()).toEqual(before);
  });

  test('a transfer that a roster has shown meanwhile is undone by its cancellation, in both classes', async () => {
    const before = everything();
    await hear(moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }]));
    const shown = edited(linkedRoster(), 'enrollments.csv', 'c5a,s1,p1', 'c5b,s1,p1');
    await world.importRoster(shown, '2026-10-01T09:30:00Z');
    await world.settled();
    expect(world.inSferum('5Б класс')).toBe('102* 201 204 205');
    await hear(event('sgo.order.cancelled', { id: 'o1' }, { time: '2026-10-01T09:40:00Z' }));
    expect(world.inSferum('5Б класс')).toBe(before['5Б класс']);
    expect(world.inSferum('5А класс')).toBe(before['5А класс']);
  });

  test('a cancellation that comes before its order is remembered', async () => {
    const before = everything();
    expect(await hear(event('sgo.order.cancelled', { id: 'o1' }))).toEqual(taken(1));
    await hear(moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }]));
    expect(everything()).toEqual(before);
  });

  test('an order about a pupil not known yet waits for him', async () => {
    const comes = {
      id: 'o1',
      kind: 'enrollment',
      effectiveOn: '2026-10-01',
      items: [{ studentId: 'p9', classId: 'c5a' }],
    };
    await hear(
      event('sgo.order.issued', comes),
      event('sgo.profile.linked', { personId: 'p9', vkUserId: 209 }),
    );
    expect(world.inSferum('5А класс')).toBe('101* 201 202 203');
    await hear(
      event('sgo.person.saved', { id: 'p9', familyName: 'Новый', givenName: 'Олег', roles: ['student'] }),
    );
    expect(world.inSferum('5А класс')).toBe('101* 201 202 203 209');
  });

  test('an order dated ahead waits for its day in the school, and comes into force by itself', async () => {
    await hear(
      moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }], { effectiveOn: '2026-10-05' }),
    );
    expect(world.inSferum('5Б класс')).toBe('102* 204 205');
    const { clock } = world.ctx;
    const { now } = clock;
    // 20:59 in UTC is a minute before midnight in Moscow.
    const until = (instant: string) => {
      const aheadMs = Date.parse(instant) - now();
      clock.now = () => now() + aheadMs;
    };
    until('2026-10-04T20:50:00Z');
    await vi.waitFor(async () => {
      const { rows } = await sql`select 1 from school where computed_on = '2026-10-04'`.execute(
        world.ctx.db.sql,
      );
      expect(rows).toHaveLength(1);
    }, 20_000);
    await world.settled();
    expect(world.inSferum('5Б класс')).toBe('102* 204 205');
    until('2026-10-04T21:00:30Z');
    await vi.waitFor(() => expect(world.inSferum('5Б класс')).toBe('102* 201 204 205'), 20_000);
    await world.settled();
    const { rows } = await sql<{
      cause: string;
    }>`select distinct j.cause from journal j join chat c on c.id = j.chat_id
      where c.key = 'class:c5b' and what = 'add' and j.person_id = 'p1'`.execute(world.ctx.db.sql);
    expect(rows).toEqual([{ cause: 'day:2026-10-05' }]);
  });
});

describe('classes and groups', () => {
  test('D1 a new class gets two chats with whoever is enrolled by then, and a class ahead none until its term', async () => {
    const order = { kind: 'enrollment', effectiveOn: '2026-10-01' };
    await hear(
      event('sgo.order.issued', { id: 'o1', ...order, items: [{ studentId: 'p1', classId: 'c6' }] }),
      event('sgo.class.saved', { id: 'c6', title: '6А', grade: 6, homeroomTeacherIds: ['t3'] }),
      event('sgo.class.saved', { id: 'c7', title: '7А', homeroomTeacherIds: ['t3'], startsOn: '2026-10-02' }),
    );
    expect(everything()).toMatchObject({ '6А класс': '103* 201', '6А родители': '103* 301 302' });
    expect(world.inSferum('7А класс')).toBeNull();
    const { clock } = world.ctx;
    const { now } = clock;
    clock.now = () => now() + 24 * 3600_000;
    await vi.waitFor(
      () => expect(everything()).toMatchObject({ '7А класс': '103*', '7А родители': '103*' }),
      20_000,
    );
    await world.settled();
  });

  test('D9 a renamed class renames its chats; a closed one gains nobody and still loses who departs', async () => {
    await hear(event('sgo.class.saved', { id: 'c5a', title: '5В', homeroomTeacherIds: ['t1', 't3'] }));
    expect(everything()).toMatchObject({
      '5В класс': '101* 103* 201 202 203',
      '5В родители': '101* 103* 301 302',
    });
    await hear(event('sgo.class.closed', { id: 'c5a' }));
    const chat = await world.done(200, 'GET', `/v1/chats/${await world.chatId('5В класс')}`, ADMIN);
    expect(chat).toMatchObject({ condition: { status: 'archived' } });
    await hear(moved('o1', [{ studentId: 'p4', classId: 'c5b', toClassId: 'c5a' }]));
    expect(world.inSferum('5В класс')).toBe('101* 103* 201 202 203');
    await hear(
      event('sgo.order.issued', {
        id: 'o2',
        kind: 'withdrawal',
        effectiveOn: '2026-10-01',
        items: [{ studentId: 'p3' }],
      }),
    );
    expect(world.inSferum('5В класс')).toBe('101* 103* 201 202');
  });

  test('D5 a new subject group gets its chat once it has pupils; its list is whole, and it ends archived', async () => {
    const group = { id: 'phys', title: '5/Физика', subject: 'Физика', teacherIds: ['t3'] };
    await hear(event('sgo.subject-group.saved', { ...group, studentIds: [] }));
    expect(world.inSferum('5/Физика')).toBeNull();
    const late = event('sgo.subject-group.saved', { ...group, studentIds: ['p1', 'p5'] });
    await hear(event('sgo.subject-group.saved', { ...group, studentIds: ['p1', 'p2'] }));
    expect(world.inSferum('5/Физика')).toBe('103* 201 202');
    await hear(late);
    expect(world.inSferum('5/Физика')).toBe('103* 201 202');
    await hear(event('sgo.subject-group.saved', { ...group, teacherIds: ['t2'], studentIds: ['p2'] }));
    expect(world.inSferum('5/Физика')).toBe('102* 202');
    await hear(event('sgo.subject-group.removed', { id: 'phys' }));
    expect(world.inSferum('5/Физика')).toBe('102* 202');
  });
});

describe('people', () => {
  test('D2 a new teacher enters «Учительская»; who is removed leaves every chat, and a school admin stands in', async () => {
    const teacher = { familyName: 'Новая', givenName: 'Яна', roles: ['teacher'] };
    await hear(
      event('sgo.person.saved', { id: 't9', ...teacher }),
      event('sgo.profile.linked', { personId: 't9', vkUserId: 109 }),
    );
    expect(world.inSferum('Учительская')).toBe('101 102 103 109 901*');
    await hear(event('sgo.person.removed', { id: 't2' }));
    expect(everything()).toMatchObject({ Учительская: '101 103 109 901*', '5Б класс': '204 205 901*' });
    await hear(event('sgo.person.saved', { id: 't2', ...teacher }));
    expect(everything()).toMatchObject({ Учительская: '101 102 103 109 901*', '5Б класс': '102* 204 205' });
  });

  test('D4 a parent comes with a link to a child and leaves with the last one', async () => {
    await hear(event('sgo.guardian.linked', { guardianId: 'f1', studentId: 'p4' }));
    expect(everything()).toMatchObject({ '5А родители': '101* 301 302', '5Б родители': '102* 302' });
    await hear(event('sgo.guardian.unlinked', { guardianId: 'f1', studentId: 'p1' }));
    expect(everything()).toMatchObject({ '5А родители': '101* 301', '5Б родители': '102* 302' });
    await hear(event('sgo.guardian.unlinked', { guardianId: 'f1', studentId: 'p4' }));
    expect(world.inSferum('5Б родители')).toBe('102*');
  });

  test('A5, A6 unlinking takes a person out of every chat in Sferum, relinking brings him back as he was', async () => {
    const before = everything();
    await hear(event('sgo.profile.unlinked', { personId: 't1' }));
    expect(everything()).toMatchObject({ '5А класс': '201 202 203', Учительская: '102 103 901*' });
    await hear(event('sgo.profile.linked', { personId: 't1', vkUserId: 101 }));
    expect(everything()).toEqual(before);
    await hear(event('sgo.profile.linked', { personId: 't1', vkUserId: 111 }));
    expect(world.inSferum('5А класс')).toBe('111* 201 202 203');
  });

  test('A7 of two adults with one VK ID each chat has it once, and one unlinking keeps the other one’s chats', async () => {
    expect(await hear(event('sgo.profile.linked', { personId: 't3', vkUserId: 101 }))).toEqual(taken(1));
    expect(world.inSferum('Учительская')).toBe('101 102 901*');
    await hear(event('sgo.profile.unlinked', { personId: 't1' }));
    expect(everything()).toMatchObject({ Учительская: '101 102 901*', '5А класс': '201 202 203' });
  });

  test('A7 a VK ID of anybody is refused to a pupil and a pupil’s to anybody else, also in another school', async () => {
    const before = everything();
    await sql`insert into school (id, name) values ('s2', 'Школа № 2')`.execute(world.ctx.db.sql);
    const refused = {
      accepted: 0,
      duplicates: 0,
      rejected: [{ message: expect.stringContaining('data.vkUserId: Профиль VK уже привязан') }],
    };
    expect(await hear(event('sgo.profile.linked', { personId: 'p1', vkUserId: 101 }))).toMatchObject(refused);
    expect(await hear(event('sgo.profile.linked', { personId: 't2', vkUserId: 202 }))).toMatchObject(refused);
    const abroad = await post(
      [
        event('sgo.person.saved', { id: 'x', familyName: 'Икс', givenName: 'И', roles: ['teacher'] }),
        event('sgo.profile.linked', { personId: 'x', vkUserId: 202 }),
      ],
      { ...SERVICE, school: '*' },
      's2',
    );
    expect(await abroad.json()).toMatchObject({
      accepted: 1,
      rejected: [{ message: expect.stringContaining('Профиль VK') }],
    });
    // Nobody knows yet that he is a pupil; once it is known, the link goes.
    expect(await hear(event('sgo.profile.linked', { personId: 'p9', vkUserId: 101 }))).toEqual(taken(1));
    await hear(
      event('sgo.person.saved', { id: 'p9', familyName: 'Новый', givenName: 'Олег', roles: ['student'] }),
    );
    const { rows } = await sql`select 1 from profile_link where person_id = 'p9' and present`.execute(
      world.ctx.db.sql,
    );
    expect(rows).toEqual([]);
    expect(everything()).toEqual(before);
  });
});

describe('statements against each other', () => {
  test('#25 an event again is a duplicate and does nothing; one altered under its id neither', async () => {
    const first = moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }]);
    expect(await hear(first, first)).toEqual({ accepted: 1, duplicates: 1, rejected: [] });
    const altered = { ...first, data: { ...first.data, kind: 'withdrawal' } };
    const after = everything();
    expect(await hear(altered)).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    expect(everything()).toEqual(after);
  });

  test('a late event is outweighed by a newer one and by a newer roster; a newer event outweighs an older roster', async () => {
    const group = { id: 'art5', title: '5 *Рисование', subject: 'Рисование', teacherIds: ['t2'] };
    await hear(
      event('sgo.subject-group.saved', { ...group, studentIds: ['p3'] }, { time: '2026-10-01T09:30:00Z' }),
    );
    expect(world.inSferum('5 *Рисование')).toBe('102* 203');
    await world.importRoster(linkedRoster(), '2026-10-01T08:59:00Z');
    expect(world.inSferum('5 *Рисование')).toBe('102* 203');
    await world.importRoster(
      withRows(
        withoutRows(linkedRoster(), 'users.csv', 'sec,'),
        'users.csv',
        't4,,s1,teacher,{VK:105},Ия,Лис,,',
      ),
      '2026-10-01T09:40:00Z',
    );
    expect(everything()).toMatchObject({
      '5 *Рисование': '102* 203 204',
      Учительская: '101 102 103 105 901*',
    });
    const time = '2026-10-01T09:20:00Z';
    await hear(
      event('sgo.subject-group.saved', { ...group, studentIds: ['p5'] }, { time }),
      event(
        'sgo.person.saved',
        { id: 't8', familyName: 'Поздняя', givenName: 'А', roles: ['teacher'] },
        { time },
      ),
      event('sgo.profile.linked', { personId: 't8', vkUserId: 108 }),
    );
    expect(everything()).toMatchObject({
      '5 *Рисование': '102* 203 204',
      Учительская: '101 102 103 105 901*',
    });
  });

  test('D0 a type that is not switched on changes facts only, and follows once it is', async () => {
    await sql`update school set switched_on = '{class}'`.execute(world.ctx.db.sql);
    await hear(moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }]));
    expect(everything()).toMatchObject({ '5Б класс': '102* 201 204 205', '5Б родители': '102*' });
    await world.initialize();
    expect(world.inSferum('5Б родители')).toBe('102* 301 302');
  });
});

test('F4 more removals than the limit are held as an operation of the event; additions go on; approved they are done', async () => {
  const limits = { chatShare: 0.2, chatAtLeast: 1, schoolShare: 1, schoolAtLeast: 1000 };
  await sql`update school set limits = ${JSON.stringify(limits)}::jsonb`.execute(world.ctx.db.sql);
  const group = {
    id: 'geo5a',
    title: '5А/География',
    subject: 'География',
    classId: 'c5a',
    teacherIds: ['t1'],
  };
  await hear(event('sgo.subject-group.saved', { ...group, studentIds: ['p3'] }));
  expect(world.inSferum('5А/География')).toBe('101* 201 202 203');
  const { items } = await world.done<{ items: { id: string; kind: string }[] }>(
    200,
    'GET',
    '/v1/schools/s1/operations?state=held',
    ADMIN,
  );
  expect(items).toMatchObject([{ kind: 'events', result: { held: 2, members: { added: 1, removed: 0 } } }]);
  await world.done(200, 'GET', `/v1/operations/${items[0]!.id}`, ADMIN);
  const approved = await world.call('POST', `/v1/operations/${items[0]!.id}/approve`, ADMIN, {});
  expect(approved.ok).toBe(true);
  await world.settled();
  expect(world.inSferum('5А/География')).toBe('101* 203');
});

test('J9 what followed an event has its delay, from the event to the chat', async () => {
  const before = new Date(world.ctx.clock.now());
  await hear(event('sgo.person.removed', { id: 't3' }));
  const delays = await findDelays(world.ctx.db.sql, 's1', before, new Date(before.getTime() + 3600_000));
  expect(delays.count).toBe(1);
  expect(delays.p95Seconds).toBeGreaterThan(0);
  expect(delays.p95Seconds).toBeLessThan(30);
  expect((await world.ctx.metrics.render()).body).toContain('order_to_chat_seconds_count{school="s1"} 1');
});

test('lessons are kept, the latest statement of each', async () => {
  const lesson = {
    id: 'l1',
    subjectGroupId: 'geo5a',
    teacherId: 't1',
    startsAt: '2026-10-02T06:00:00Z',
    endsAt: '2026-10-02T06:45:00Z',
  };
  const old = event('sgo.lesson.saved', { ...lesson, topic: 'Старая' });
  await hear(
    event('sgo.lesson.saved', { ...lesson, topic: 'Реки' }),
    event('sgo.lesson.saved', { ...lesson, id: 'l2' }),
  );
  await hear(old, event('sgo.lesson.removed', { id: 'l2' }));
  const { rows } = await sql`select id, topic, present from lesson order by id`.execute(world.ctx.db.sql);
  expect(rows).toEqual([
    { id: 'l1', topic: 'Реки', present: true },
    { id: 'l2', topic: null, present: false },
  ]);
});

test('a bad event is told with its field and reason, stops no other, and may come again mended', async () => {
  const bad = event('sgo.person.saved', {
    id: 't9',
    familyName: 'Канарейка',
    givenName: 'Ян',
    roles: ['boss'],
  });
  const receipt = await hear(
    bad,
    event('sgo.order.issued', {
      id: 'o',
      kind: 'transfer',
      effectiveOn: '2026-02-30',
      items: [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }],
    }),
    event('sgo.nothing', {}),
    event('sgo.class.closed', { id: 'none' }, { time: '2026-10-03T09:00:00Z' }),
    { id: 'no-envelope' },
    'text',
    event('sgo.guardian.linked', { guardianId: 'f1', studentId: 'p4' }),
  );
  expect(receipt).toEqual({
    accepted: 1,
    duplicates: 0,
    rejected: [
      { id: bad.id, message: 'data.roles.0: недопустимое значение' },
      { id: expect.any(String), message: 'data.effectiveOn: не дата вида ГГГГ-ММ-ДД' },
      { id: expect.any(String), message: 'type: неизвестный вид события' },
      { id: expect.any(String), message: 'time: лежит в будущем больше чем на сутки' },
      { id: 'no-envelope', message: 'specversion: не указано' },
      { id: null, message: 'не объект' },
    ],
  });
  expect(world.inSferum('5Б родители')).toBe('102* 302');
  expect(await hear({ ...bad, data: { ...bad.data, roles: ['teacher'] } })).toEqual(taken(1));
});

test('only СГО’s core may tell events, of a school that is there, in the right type and number', async () => {
  expect((await post([], ADMIN)).status).toBe(403);
  expect((await post([], { ...SERVICE, school: 's2' })).status).toBe(404);
  expect((await post([], { ...SERVICE, school: '*' }, 's2')).status).toBe(404);
  expect((await post([], SERVICE, 's1', 'application/json')).status).toBe(415);
  expect((await post({})).status).toBe(400);
  expect((await post(Array.from({ length: EVENTS_PER_BATCH + 1 }, () => 1))).status).toBe(400);
  expect((await post([])).status).toBe(202);
});
