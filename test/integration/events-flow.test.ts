/** How events act on each other: statements against statements, the guard, delays, and refusals. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { findDelays } from '../../dashboard/read/delays.ts';
import { EVENTS_PER_BATCH } from '../../src/config/event-limits.ts';
import { ADMIN, linkedRoster } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { hearingWorld, SERVICE, taken } from '../support/hearing-world.ts';
import { withoutRows, withRows } from '../support/roster-files.ts';

const school = hearingWorld();
const { event, post, hear, everything, moved } = school;

describe('statements against each other', () => {
  test('reliability 25: an event again is a duplicate and does nothing; one altered under its id neither', async () => {
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
    expect(school.world.inSferum('5 *Рисование')).toBe('102* 203');
    await school.world.importRoster(linkedRoster(), '2026-10-01T08:59:00Z');
    expect(school.world.inSferum('5 *Рисование')).toBe('102* 203');
    await school.world.importRoster(
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

  test('D0: a type that is not switched on changes facts only, and follows once it is', async () => {
    await sql`update school set switched_on = '{class}'`.execute(everywhere(school.world.ctx));
    await hear(moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }]));
    expect(everything()).toMatchObject({ '5Б класс': '102* 201 204 205', '5Б родители': '102*' });
    await school.world.initialize();
    expect(school.world.inSferum('5Б родители')).toBe('102* 301 302');
  });
});

test('F4: more removals than the limit are held as an operation of the event; additions go on; approved they are done', async () => {
  const limits = { chatShare: 0.2, chatAtLeast: 1, schoolShare: 1, schoolAtLeast: 1000 };
  await sql`update school set limits = ${JSON.stringify(limits)}::jsonb`.execute(
    everywhere(school.world.ctx),
  );
  const group = {
    id: 'geo5a',
    title: '5А/География',
    subject: 'География',
    classId: 'c5a',
    teacherIds: ['t1'],
  };
  await hear(event('sgo.subject-group.saved', { ...group, studentIds: ['p3'] }));
  expect(school.world.inSferum('5А/География')).toBe('101* 201 202 203');
  const { items } = await school.world.done<{ items: { id: string; kind: string }[] }>(
    200,
    'GET',
    '/v1/schools/s1/operations?state=held',
    ADMIN,
  );
  expect(items).toMatchObject([{ kind: 'events', result: { held: 2, members: { added: 1, removed: 0 } } }]);
  await school.world.done(200, 'GET', `/v1/operations/${items[0]!.id}`, ADMIN);
  const approved = await school.world.call('POST', `/v1/operations/${items[0]!.id}/approve`, ADMIN, {});
  expect(approved.ok).toBe(true);
  await school.world.settled();
  expect(school.world.inSferum('5А/География')).toBe('101* 203');
});

test('J9: what followed an event has its delay, from the event to the chat', async () => {
  const before = new Date(school.world.ctx.clock.now());
  await hear(event('sgo.person.removed', { id: 't3' }));
  const delays = await findDelays(
    everywhere(school.world.ctx),
    's1',
    before,
    new Date(before.getTime() + 3600_000),
  );
  expect(delays.count).toBe(1);
  expect(delays.p95Seconds).toBeGreaterThan(0);
  expect(delays.p95Seconds).toBeLessThan(30);
  expect((await school.world.ctx.metrics.render()).body).toContain(
    'order_to_chat_seconds_count{school="s1"} 1',
  );
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
  const { rows } = await sql`select id, topic, present from lesson order by id`.execute(
    everywhere(school.world.ctx),
  );
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
  expect(school.world.inSferum('5Б родители')).toBe('102* 302');
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
