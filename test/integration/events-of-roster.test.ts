/** Classes, groups and people, as events (D1–D5, D9, A5–A7). */
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { ADMIN } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { hearingWorld, SERVICE, taken } from '../support/hearing-world.ts';

const school = hearingWorld();
const { event, post, hear, everything, moved } = school;

describe('classes and groups', () => {
  test('D1: a new class gets two chats with the people who are enrolled by then, and a class ahead none until its term', async () => {
    const order = { kind: 'enrollment', effectiveOn: '2026-10-01' };
    await hear(
      event('sgo.order.issued', { id: 'o1', ...order, items: [{ studentId: 'p1', classId: 'c6' }] }),
      event('sgo.class.saved', { id: 'c6', title: '6А', grade: 6, homeroomTeacherIds: ['t3'] }),
      event('sgo.class.saved', { id: 'c7', title: '7А', homeroomTeacherIds: ['t3'], startsOn: '2026-10-02' }),
    );
    expect(everything()).toMatchObject({ '6А класс': '103* 201', '6А родители': '103* 301 302' });
    expect(school.world.inSferum('7А класс')).toBeNull();
    const { clock } = school.world.ctx;
    const { now } = clock;
    clock.now = () => now() + 24 * 3600_000;
    await vi.waitFor(
      () => expect(everything()).toMatchObject({ '7А класс': '103*', '7А родители': '103*' }),
      20_000,
    );
    await school.world.settled();
  });

  test('D9: a renamed class renames its chats; a closed one gains nobody and still loses who departs', async () => {
    await hear(event('sgo.class.saved', { id: 'c5a', title: '5В', homeroomTeacherIds: ['t1', 't3'] }));
    expect(everything()).toMatchObject({
      '5В класс': '101* 103* 201 202 203',
      '5В родители': '101* 103* 301 302',
    });
    await hear(event('sgo.class.closed', { id: 'c5a' }));
    const chat = await school.world.done(
      200,
      'GET',
      `/v1/chats/${await school.world.chatId('5В класс')}`,
      ADMIN,
    );
    expect(chat).toMatchObject({ condition: { status: 'archived' } });
    await hear(moved('o1', [{ studentId: 'p4', classId: 'c5b', toClassId: 'c5a' }]));
    expect(school.world.inSferum('5В класс')).toBe('101* 103* 201 202 203');
    await hear(
      event('sgo.order.issued', {
        id: 'o2',
        kind: 'withdrawal',
        effectiveOn: '2026-10-01',
        items: [{ studentId: 'p3' }],
      }),
    );
    expect(school.world.inSferum('5В класс')).toBe('101* 103* 201 202');
  });

  test('D5: a new subject group gets its chat once it has pupils; its list is whole, and it ends archived', async () => {
    const group = { id: 'phys', title: '5/Физика', subject: 'Физика', teacherIds: ['t3'] };
    await hear(event('sgo.subject-group.saved', { ...group, studentIds: [] }));
    expect(school.world.inSferum('5/Физика')).toBeNull();
    const late = event('sgo.subject-group.saved', { ...group, studentIds: ['p1', 'p5'] });
    await hear(event('sgo.subject-group.saved', { ...group, studentIds: ['p1', 'p2'] }));
    expect(school.world.inSferum('5/Физика')).toBe('103* 201 202');
    await hear(late);
    expect(school.world.inSferum('5/Физика')).toBe('103* 201 202');
    await hear(event('sgo.subject-group.saved', { ...group, teacherIds: ['t2'], studentIds: ['p2'] }));
    expect(school.world.inSferum('5/Физика')).toBe('102* 202');
    await hear(event('sgo.subject-group.removed', { id: 'phys' }));
    expect(school.world.inSferum('5/Физика')).toBe('102* 202');
  });
});

describe('people', () => {
  test('D2: a new teacher enters «Учительская»; who is removed leaves every chat, and a school admin stands in', async () => {
    const teacher = { familyName: 'Новая', givenName: 'Яна', roles: ['teacher'] };
    await hear(
      event('sgo.person.saved', { id: 't9', ...teacher }),
      event('sgo.profile.linked', { personId: 't9', vkUserId: '109' }),
    );
    expect(school.world.inSferum('Учительская')).toBe('101 102 103 109 901*');
    await hear(event('sgo.person.removed', { id: 't2' }));
    expect(everything()).toMatchObject({ Учительская: '101 103 109 901*', '5Б класс': '204 205 901*' });
    await hear(event('sgo.person.saved', { id: 't2', ...teacher }));
    expect(everything()).toMatchObject({ Учительская: '101 102 103 109 901*', '5Б класс': '102* 204 205' });
  });

  test('D4: a parent comes with a link to a child and leaves with the last one', async () => {
    await hear(event('sgo.guardian.linked', { guardianId: 'f1', studentId: 'p4' }));
    expect(everything()).toMatchObject({ '5А родители': '101* 301 302', '5Б родители': '102* 302' });
    await hear(event('sgo.guardian.unlinked', { guardianId: 'f1', studentId: 'p1' }));
    expect(everything()).toMatchObject({ '5А родители': '101* 301', '5Б родители': '102* 302' });
    await hear(event('sgo.guardian.unlinked', { guardianId: 'f1', studentId: 'p4' }));
    expect(school.world.inSferum('5Б родители')).toBe('102*');
  });

  test('A5, A6: unlinking takes a person out of every chat in Sferum, relinking brings him back as he was', async () => {
    const before = everything();
    await hear(event('sgo.profile.unlinked', { personId: 't1' }));
    expect(everything()).toMatchObject({ '5А класс': '201 202 203', Учительская: '102 103 901*' });
    await hear(event('sgo.profile.linked', { personId: 't1', vkUserId: 101 }));
    expect(everything()).toEqual(before);
    await hear(event('sgo.profile.linked', { personId: 't1', vkUserId: 111 }));
    expect(school.world.inSferum('5А класс')).toBe('111* 201 202 203');
  });

  test('A7: of two adults with one VK ID each chat has it once, and one unlinking keeps the other one’s chats', async () => {
    expect(await hear(event('sgo.profile.linked', { personId: 't3', vkUserId: 101 }))).toEqual(taken(1));
    expect(school.world.inSferum('Учительская')).toBe('101 102 901*');
    await hear(event('sgo.profile.unlinked', { personId: 't1' }));
    expect(everything()).toMatchObject({ Учительская: '101 102 901*', '5А класс': '201 202 203' });
  });

  test('A7: a VK ID of anybody is refused to a pupil and a pupil’s to anybody else, also in another school', async () => {
    const before = everything();
    await sql`insert into school (id, name) values ('s2', 'Школа № 2')`.execute(everywhere(school.world.ctx));
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
    // It is not known yet that the person is a pupil. Once it is known, the link goes.
    expect(await hear(event('sgo.profile.linked', { personId: 'p9', vkUserId: 101 }))).toEqual(taken(1));
    await hear(
      event('sgo.person.saved', { id: 'p9', familyName: 'Новый', givenName: 'Олег', roles: ['student'] }),
    );
    const { rows } = await sql`select 1 from profile_link where person_id = 'p9' and present`.execute(
      everywhere(school.world.ctx),
    );
    expect(rows).toEqual([]);
    expect(everything()).toEqual(before);
  });
});
