import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ENDS_AT,
  type LessonWorld,
  PUPIL,
  SERVICE,
  STARTS_AT,
  SUBSTITUTE,
  startLessonWorld,
  TEACHER,
} from '../support/lesson-world.ts';

let world: LessonWorld;
beforeEach(async () => {
  world = await startLessonWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const calls = () => world.sandbox.world.calls.size;

describe('the life of a distance lesson', () => {
  test('I1–I8: made in the morning, its call there ahead, entered while it runs, ended when it is over', async () => {
    const created = await world.create();
    expect([created.status, await created.json()]).toEqual([
      201,
      {
        title: 'Урок по предмету «География» от 01.10.2026 15:50',
        ...{ startsAt: STARTS_AT, endsAt: ENDS_AT, system: 'Сферум' },
      },
    ]);
    expect(await world.enter()).toBe('409 lesson-not-started');
    expect(calls()).toBe(0);

    world.clock.moveTo('2026-10-01T12:48:01Z');
    await world.ready();
    expect(calls()).toBe(1);
    expect(await world.enter()).toBe('409 lesson-not-started');

    world.clock.moveTo('2026-10-01T12:50:00Z');
    const link = await world.enter();
    expect(world.running()).toEqual([link]);
    expect(await world.enter(TEACHER)).toBe(link);

    world.clock.moveTo('2026-10-01T13:50:00Z');
    expect(await world.enter()).toBe('409 lesson-over');
    await world.runs(0);
    expect(calls()).toBe(1);
    const late = await world.create();
    expect([late.status, await late.json()]).toMatchObject([
      409,
      { type: 'lesson-over', title: 'Урок завершился' },
    ]);
    await vi.waitFor(async () =>
      expect(await world.journal()).toEqual(['meeting-create', 'call-start', 'call-end']),
    );
  });

  test('the texts of the two refusals are those of the manual', async () => {
    await world.create();
    const before = await world.request('/v1/lessons/geo/meeting/join', { as: PUPIL });
    expect(await before.json()).toMatchObject({
      title: 'Дистанционный урок еще не начался',
      opensAt: STARTS_AT,
    });
    world.clock.moveTo(ENDS_AT);
    const after = await world.request('/v1/lessons/geo/meeting/join', { as: PUPIL });
    expect(await after.json()).toMatchObject({ title: 'Урок завершился' });
  });

  test('made in the middle of the lesson, it is entered at once', async () => {
    world.clock.moveTo('2026-10-01T13:10:00Z');
    expect(await world.enter()).toBe('404 not-found');
    await world.create();
    expect(await world.enter()).toBe(world.running().join());
  });

  test('I8: with early entry people are let in so many minutes before, also where it is set at the last minute', async () => {
    await world.create();
    world.clock.moveTo('2026-10-01T12:41:00Z');
    expect(await world.enter()).toBe('409 lesson-not-started');
    const settings = await world.call(
      'PUT',
      '/v1/schools/s1/settings',
      { role: 'operator' },
      { earlyEntryMinutes: 10 },
    );
    expect(settings.status).toBe(200);
    expect(await world.enter()).toBe(world.running().join());
  });

  test('I4: deleted, its call is ended for all; made anew, it is another one', async () => {
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    const first = await world.enter();
    expect((await world.remove()).status).toBe(204);
    expect(await world.enter()).toBe('404 not-found');
    await world.create();
    const second = await world.enter();
    expect(second).not.toBe(first);
    await world.runs(1);
    expect(world.running()).toEqual([second]);
    expect((await world.remove()).status).toBe(204);
    expect((await world.remove()).status).toBe(204);
    await world.runs(0);
  });

  test('I3: its name is the teacher’s own; the default follows the lesson when that is moved', async () => {
    const titleNow = async () => {
      const { items } = (await (await world.request('/v1/schools/s1/lessons', { as: TEACHER })).json()) as {
        items: { meeting: { title: string } }[];
      };
      return items[0]!.meeting.title;
    };
    await world.create();
    await world.lessonSaved({ startsAt: '2026-10-02T07:00:00Z', endsAt: '2026-10-02T07:40:00Z' });
    expect(await titleNow()).toBe('Урок по предмету «География» от 02.10.2026 10:00');
    const named = await world.create(TEACHER, { title: '  Путешествие\u0000 по материкам ' });
    expect(await named.json()).toMatchObject({ title: 'Путешествие по материкам' });
    expect(await titleNow()).toBe('Путешествие по материкам');
    expect((await world.create(TEACHER, { title: 'а'.repeat(201) })).status).toBe(400);
    await world.create(TEACHER, {});
    expect(await titleNow()).toBe('Путешествие по материкам');
    await world.create(TEACHER, { title: 'Урок по предмету «География» от 02.10.2026 10:00' });
    await world.lessonSaved({ startsAt: '2026-10-02T08:00:00Z', endsAt: '2026-10-02T08:40:00Z' });
    expect(await titleNow()).toBe('Урок по предмету «География» от 02.10.2026 11:00');
  });

  test('I3: the default of a form that was opened before the lesson was moved follows it; a changed one is kept', async () => {
    const stale = 'Урок по предмету «География» от 01.10.2026 15:50';
    await world.lessonSaved({ startsAt: '2026-10-02T07:00:00Z', endsAt: '2026-10-02T07:40:00Z' });
    expect(await (await world.create(TEACHER, { title: stale })).json()).toMatchObject({
      title: 'Урок по предмету «География» от 02.10.2026 10:00',
    });
    expect(await (await world.create(TEACHER, { title: `${stale}, контрольная` })).json()).toMatchObject({
      title: `${stale}, контрольная`,
    });
  });

  test('a name is cut by whole characters', async () => {
    const { commands } = world;
    const caller = { schoolId: 's1', subject: 't1', role: 'staff' as const };
    const title = `${'а'.repeat(199)}😀`;
    expect(await commands.createMeeting({ caller, lessonId: 'geo', title })).toMatchObject({
      title: 'а'.repeat(199),
    });
  });
});

describe('I8: the call follows its lesson', () => {
  beforeEach(async () => {
    world.clock.moveTo('2026-10-01T12:50:01Z');
    await world.create();
  });

  test('ended because it was over, and moved ahead after that: a new call', async () => {
    const link = await world.enter();
    world.clock.moveTo(ENDS_AT);
    await world.runs(0);
    await world.lessonSaved({ startsAt: '2026-10-01T14:00:00Z', endsAt: '2026-10-01T15:00:00Z' });
    world.clock.moveTo('2026-10-01T14:00:00Z');
    const next = await world.enter();
    expect(next).not.toBe(link);
    expect(world.running()).toEqual([next]);
  });

  test('cancelled in СГО, it ends and nobody finds it; said again, it is back with a new one', async () => {
    const link = await world.enter();
    await world.event('sgo.lesson.removed', { id: 'geo' });
    expect(await world.enter()).toBe('404 not-found');
    await world.runs(0);
    await world.lessonSaved();
    expect(await world.enter()).not.toBe(link);
    await world.runs(1);
  });

  test('moved into the past, it is over and its call ends', async () => {
    await world.enter();
    await world.lessonSaved({ startsAt: '2026-10-01T10:00:00Z', endsAt: '2026-10-01T11:00:00Z' });
    expect(await world.enter()).toBe('409 lesson-over');
    await world.runs(0);
  });
});

describe('rights', () => {
  const OTHERS = {
    'another teacher': { role: 'staff', school: 's1', sub: 't2' },
    'a school admin who does not teach it': { role: 'school-admin', school: 's1', sub: 'a1' },
    'a pupil of the group': PUPIL,
    'a parent': { role: 'parent', school: 's1', sub: 'm1' },
    'an operator': { role: 'operator' },
    СГО: SERVICE,
    'somebody with the teacher’s role alone': { role: 'staff', school: 's1', sub: 'nobody' },
  } as const;

  test('I1: a teacher of the group and the lesson’s own teacher make and delete it; nobody else does, but a school admin deletes it', async () => {
    await world.lessonSaved({ teacherId: 't3' });
    for (const [who, as] of Object.entries(OTHERS)) {
      const status = (await world.create({ school: 's1', ...as })).status;
      expect({ who, status }).toEqual({ who, status: 403 });
    }
    for (const as of [TEACHER, SUBSTITUTE]) {
      expect((await world.create(as)).status).toBe(201);
      for (const [who, other] of Object.entries(OTHERS)) {
        if (other.role === 'school-admin') continue;
        const status = (await world.remove({ school: 's1', ...other })).status;
        expect({ who, status }).toEqual({ who, status: 403 });
      }
      expect((await world.remove(as)).status).toBe(204);
    }
  });

  test('I6: pupils of the group and its teachers enter; parents, other pupils, other teachers and admins do not', async () => {
    await world.lessonSaved({ teacherId: 't3' });
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    const link = await world.enter();
    const answers: Record<string, string> = {};
    const people = {
      p2: 'student',
      p3: 'student',
      p4: 'student',
      m1: 'parent',
      f1: 'parent',
      t3: 'staff',
      t2: 'staff',
      a1: 'school-admin',
    } as const;
    for (const [sub, role] of Object.entries(people))
      answers[sub] = await world.enter({ role, school: 's1', sub });
    const no = '403 forbidden';
    expect(answers).toEqual({ p2: link, p3: no, p4: no, m1: no, f1: no, t3: link, t2: no, a1: no });
    expect(await world.enter({ role: 'student', school: 's2', sub: 'p1' })).toBe('404 not-found');
  });

  test('D6: an order in force on the day lets a pupil in, and one out', async () => {
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    const order = (id: string, kind: string, item: object) =>
      world.event('sgo.order.issued', { id, kind, effectiveOn: '2026-10-01', items: [item] });
    await order('o1', 'enrollment', { studentId: 'p4', classId: 'c5a', subjectGroupIds: ['geo5a'] });
    await order('o2', 'withdrawal', { studentId: 'p2' });
    const link = await world.enter();
    expect(await world.enter({ ...PUPIL, sub: 'p4' })).toBe(link);
    expect(await world.enter({ ...PUPIL, sub: 'p2' })).toBe('403 forbidden');
    await world.event('sgo.order.cancelled', { id: 'o2' });
    expect(await world.enter({ ...PUPIL, sub: 'p2' })).toBe(link);
  });

  test('the list shows everybody his own lessons, filtered by class, parallel, group and time', async () => {
    await world.lessonSaved({
      id: 'art',
      subjectGroupId: 'art5',
      teacherId: 't3',
      startsAt: '2026-10-02T07:00:00Z',
      endsAt: '2026-10-02T07:40:00Z',
    });
    const list = async (role: string, sub: string, query = '') => {
      const response = await world.request(`/v1/schools/s1/lessons${query}`, {
        as: { role: role as 'staff', school: 's1', sub },
      });
      const { items } = (await response.json()) as { items: { id: string }[] };
      return items.map((item) => item.id).join(' ');
    };
    const admin = (query: string) => list('school-admin', 'a1', query);
    expect(await list('staff', 't1')).toBe('geo');
    expect(await list('staff', 't2')).toBe('art');
    expect(await list('staff', 't3')).toBe('art');
    expect(await list('student', 'p1')).toBe('geo');
    expect(await list('student', 'p3')).toBe('art');
    expect(await list('student', 'p5')).toBe('');
    expect(await list('parent', 'm1')).toBe('geo');
    expect(await admin('')).toBe('geo art');
    expect(await admin('?to=2026-10-01')).toBe('geo');
    expect(await admin('?from=2026-10-02')).toBe('art');
    expect(await admin('?from=2026-10-01T12:50:01Z')).toBe('art');
    expect(await admin('?classId=c5a')).toBe('geo art');
    expect(await admin('?classId=c5b')).toBe('art');
    expect(await admin('?grade=5')).toBe('geo art');
    expect(await admin('?grade=6')).toBe('');
    expect(await admin('?subjectGroupId=geo5a')).toBe('geo');
    expect((await world.request('/v1/schools/s1/lessons?from=tomorrow', { as: SERVICE })).status).toBe(400);
    expect(
      (await world.request('/v1/schools/s1/lessons', { as: { role: 'staff', school: 's1', sub: 'nobody' } }))
        .status,
    ).toBe(403);
  });
});
