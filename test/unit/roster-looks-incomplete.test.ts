import { describe, expect, test } from 'vitest';
import { describeIncomplete, looksIncomplete, type RosterSize } from '../../src/roster/looks-incomplete.ts';

const size = (
  users: number,
  enrollments: number,
  pupils: Record<string, number> = { c1: 25 },
): RosterSize => ({
  users,
  enrollments,
  pupils: new Map(Object.entries(pupils)),
});
const held = (before: RosterSize, after: RosterSize) =>
  looksIncomplete(new Map([['s1', before]]), new Map([['s1', after]])).length === 1;

describe('looksIncomplete (J2)', () => {
  test.each([
    ['nothing lost', size(200, 1000), size(200, 1000), false],
    ['grown', size(200, 1000), size(400, 2000), false],
    ['exactly a tenth of the users', size(200, 1000), size(180, 1000), false],
    ['a little more than a tenth of the users', size(200, 1000), size(179, 1000), true],
    ['more than a tenth, but 19 users', size(100, 1000), size(81, 1000), false],
    ['more than a tenth, 20 users', size(100, 1000), size(80, 1000), true],
    ['exactly a tenth of the enrollments', size(200, 1000), size(200, 900), false],
    ['more than a tenth of the enrollments', size(200, 1000), size(200, 899), true],
    ['everybody', size(200, 1000), size(0, 0, {}), true],
    ['one class emptied', size(200, 1000, { c1: 1, c2: 20 }), size(200, 999, { c1: 0, c2: 20 }), true],
    ['a class that had nobody', size(200, 1000, { c1: 0 }), size(200, 1000, { c1: 0 }), false],
    ['a class closed with its only pupil', size(200, 1000, { c1: 1 }), size(199, 999, {}), false],
    ['no roster before', size(0, 0, {}), size(0, 0, { c1: 0 }), false],
  ])('%s', (_, before, after, expected) => {
    expect(held(before, after)).toBe(expected);
  });

  test('a school that the file does not speak of is not missed', () => {
    expect(looksIncomplete(new Map([['s2', size(900, 900)]]), new Map())).toEqual([]);
  });

  test('the numbers are told', () => {
    const [found] = looksIncomplete(
      new Map([['s1', size(200, 1000)]]),
      new Map([['s1', size(100, 400, { c1: 0 })]]),
    );
    expect(found).toEqual({
      schoolId: 's1',
      users: { before: 200, after: 100 },
      enrollments: { before: 1000, after: 400 },
      emptiedClassIds: ['c1'],
    });
    expect(describeIncomplete(found!)).toContain('людей было 200, стало 100');
  });
});
