/**
 * Lessons that change while their call runs: their teacher, their time, their very existence, and who ends the call.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linkedRoster } from '../support/chat-world.ts';
import { type LessonWorld, PUPIL, SUBSTITUTE, startLessonWorld, TEACHER } from '../support/lesson-world.ts';
import { edited } from '../support/roster-files.ts';

const RUNNING = '2026-10-01T12:55:00Z';
const ADMIN = { role: 'school-admin', school: 's1', sub: 'a1' } as const;
/** A pupil of `art5`, which p1 is not in. */
const OTHER_PUPIL = { ...PUPIL, sub: 'p3' } as const;
const GROUP = {
  ...{ id: 'geo5a', title: 'География 5А', subject: 'География', classId: 'c5a' },
  ...{ teacherIds: ['t1'], studentIds: ['p1', 'p2'] },
};

let world: LessonWorld;
let link: string;
beforeEach(async () => {
  world = await startLessonWorld();
  world.clock.moveTo(RUNNING);
  await world.create();
  link = await world.enter();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('a running lesson', () => {
  test('given to another group: that gets a call of its own, the old one ends, and neither sees the other’s', async () => {
    await world.lessonSaved({ subjectGroupId: 'art5', teacherId: 't3' });
    const other = await world.enter(OTHER_PUPIL);
    expect(other).not.toBe(link);
    expect(await world.enter()).toBe('403 forbidden');
    expect(await world.enter(SUBSTITUTE)).toBe(other);
    await world.runs(1);
    expect(world.running()).toEqual([other]);
  });

  test('given to another group while nothing is carried out: nobody of that group gets the old link', async () => {
    await world.app.queues.all.find(({ name }) => name === 'lessons')!.pause();
    await world.lessonSaved({ subjectGroupId: 'art5', teacherId: 't3' });
    expect(await world.enter(OTHER_PUPIL)).toBe('503 call-not-ready');
  });

  test.each([
    ['a minute', '2026-10-01T12:56:00Z'],
    ['an hour', '2026-10-01T13:55:00Z'],
    ['a day', '2026-10-02T12:50:00Z'],
  ])('put off by %s: the old call ends, and a new one is there in time', async (_, startsAt) => {
    await world.lessonSaved({ startsAt, endsAt: '2026-10-02T13:50:00Z' });
    expect(await world.enter()).toBe('409 lesson-not-started');
    await expect.poll(() => world.running(), { timeout: 20_000 }).not.toContain(link);
    world.clock.moveTo(startsAt);
    const other = await world.enter();
    expect(other).not.toBe(link);
    expect(world.running()).toEqual([other]);
  });

  test('moved by minutes while entry stays open: the call is the same', async () => {
    await world.lessonSaved({ startsAt: '2026-10-01T12:53:00Z', endsAt: '2026-10-01T14:00:00Z' });
    expect(await world.enter()).toBe(link);
    expect(world.running()).toEqual([link]);
  });

  test('of a pupil who leaves the group: he is not told the link again, and the call goes on', async () => {
    await world.event('sgo.subject-group.saved', { ...GROUP, studentIds: ['p1'] });
    expect(await world.enter({ ...PUPIL, sub: 'p2' })).toBe('403 forbidden');
    const list = await world.request('/v1/schools/s1/lessons', { as: { ...PUPIL, sub: 'p2' } });
    expect(await list.json()).toMatchObject({ items: [] });
    expect(await world.enter()).toBe(link);
    expect(world.running()).toEqual([link]);
  });
});

describe('the group of a running lesson is removed', () => {
  async function expectEnded(): Promise<void> {
    await world.runs(0);
    expect(await world.enter(TEACHER)).toBe('404 not-found');
    const again = await world.create();
    expect([again.status, await again.json()]).toMatchObject([409, { type: 'group-removed' }]);
  }

  test('by СГО: its call ends; said again, it is back with a new one', async () => {
    await world.event('sgo.subject-group.removed', { id: 'geo5a' });
    await expectEnded();
    await world.event('sgo.subject-group.saved', GROUP);
    const other = await world.enter();
    expect(other).not.toBe(link);
    expect(world.running()).toEqual([other]);
  });

  test('by a list without it: its call ends; listed again, it is back with a new one', async () => {
    const files = linkedRoster();
    const row = files['classes.csv']!.split('\n').find((line) => line.startsWith('geo5a,'))!;
    let without = edited(files, 'classes.csv', `${row}\n`, '');
    for (const line of files['enrollments.csv']!.split('\n')) {
      if (line.split(',').includes('geo5a')) without = edited(without, 'enrollments.csv', `${line}\n`, '');
    }
    await world.importRoster(without, '2026-10-01T12:56:00Z');
    await expectEnded();
    await world.importRoster(files, '2026-10-01T12:57:00Z');
    const other = await world.enter();
    expect(other).not.toBe(link);
    expect(world.running()).toEqual([other]);
  });
});

describe('a school admin', () => {
  test('I4: ends any call of his school, and makes and enters none that he does not teach', async () => {
    expect((await world.create(ADMIN)).status).toBe(403);
    expect(await world.enter(ADMIN)).toBe('403 forbidden');
    expect((await world.remove({ ...ADMIN, school: 's2' })).status).not.toBe(204);
    expect(world.running()).toEqual([link]);
    expect((await world.remove(ADMIN)).status).toBe(204);
    await world.runs(0);
    expect(await world.enter()).toBe('404 not-found');
  });
});
