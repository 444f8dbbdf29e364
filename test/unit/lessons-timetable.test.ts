import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeTimetable, type TaughtGroup } from '../../src/demo/lessons/timetable.ts';

const NOW = Date.parse('2026-10-01T23:50:00Z');
const MINUTE = 60_000;

/** 12 classes with 8 subjects each, two of them in halves; 30 teachers. */
const GROUPS: TaughtGroup[] = Array.from({ length: 12 }, (_, k) =>
  Array.from({ length: 10 }, (_, s) => ({
    id: `g${k}-${s}`,
    classId: `c${k}`,
    subject: `предмет ${s > 7 ? s - 2 : s}`,
    teacherId: `t${(k * 7 + s * 3) % 30}`,
  })),
).flat();
const order = { groups: GROUPS, nowMs: NOW, classIds: ['c5'], teacherIds: ['t4'] };
const lessons = makeTimetable(order);
const startOf = (lesson: { startsAt: string }) => Date.parse(lesson.startsAt);
const classOf = new Map(GROUPS.map(({ id, classId }) => [id, classId]));

test('at any hour some lessons are over, some run, some begin within a quarter of an hour', () => {
  const over = lessons.filter(({ endsAt }) => Date.parse(endsAt) <= NOW);
  const running = lessons.filter((l) => startOf(l) <= NOW && Date.parse(l.endsAt) > NOW);
  const soon = lessons.filter((l) => startOf(l) > NOW && startOf(l) < NOW + 15 * MINUTE);
  expect(Math.min(over.length, running.length, soon.length)).toBeGreaterThan(2);
  expect(running.some(({ subjectGroupId }) => classOf.get(subjectGroupId) === 'c5')).toBe(true);
  expect(running.some(({ teacherId }) => teacherId === 't4')).toBe(true);
});

test('nobody teaches two lessons at once, no class has two subjects at once, whoever teaches what', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(14), { minLength: GROUPS.length, maxLength: GROUPS.length }), (teachers) => {
      const groups = GROUPS.map((group, at) => ({ ...group, teacherId: `t${teachers[at]}` }));
      const subject = new Map(groups.map(({ id, subject: title }) => [id, title]));
      const made = makeTimetable({ ...order, groups });
      for (const [at, a] of made.entries()) {
        for (const b of made.slice(at + 1)) {
          if (Math.abs(startOf(a) - startOf(b)) >= 40 * MINUTE) continue;
          expect(a.teacherId).not.toBe(b.teacherId);
          const sameClass = classOf.get(a.subjectGroupId) === classOf.get(b.subjectGroupId);
          if (sameClass) expect(subject.get(a.subjectGroupId)).toBe(subject.get(b.subjectGroupId));
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('made again an hour later, it is the same lessons, moved', () => {
  const later = makeTimetable({ ...order, nowMs: NOW + 60 * MINUTE });
  const hourLater = lessons.map(({ id, ...rest }) => ({ id, at: startOf(rest) + 60 * MINUTE }));
  expect(later.map(({ id, ...rest }) => ({ id, at: startOf(rest) }))).toEqual(hourLater);
  expect(new Set(lessons.map(({ id }) => id)).size).toBe(lessons.length);
});
