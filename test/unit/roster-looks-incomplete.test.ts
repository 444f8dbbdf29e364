import { describe, expect, test } from 'vitest';
import { describeIncomplete, looksIncomplete } from '../../src/roster/looks-incomplete.ts';
import type { RosterSize, SizedKind } from '../../src/roster/roster-size.ts';

const AUTUMN = '2026-11-20';

interface Own {
  counts?: Partial<Record<SizedKind, number>>;
  rolls?: Record<string, [pupils: number, teachers: number]>;
  classes?: string[];
  groups?: string[];
}

/** A school of 200 people, 1,000 places and one class, unless the test says otherwise. */
function size({ counts, rolls = { c1: [25, 1] }, classes, groups = [] }: Own = {}): RosterSize {
  const all = { users: 200, pupils: 1000, teachers: 60, guardians: 150, classes: 30, groups: 40 };
  return {
    counts: { ...all, ...counts },
    rolls: new Map(Object.entries(rolls).map(([id, [pupils, teachers]]) => [id, { pupils, teachers }])),
    running: { classes: new Set(classes ?? Object.keys(rolls)), groups: new Set(groups) },
  };
}
const judge = (before: RosterSize, after: RosterSize, day = AUTUMN) =>
  looksIncomplete(new Map([['s1', before]]), new Map([['s1', after]]), day);
const held = (before: RosterSize, after: RosterSize, day?: string) => judge(before, after, day).length === 1;
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `c${from + at}`);

describe('looksIncomplete: a kind of rows (J2)', () => {
  test.each<[string, SizedKind, number, number, boolean]>([
    ['nothing lost', 'users', 200, 200, false],
    ['grown', 'pupils', 1000, 2000, false],
    ['exactly a tenth of the users', 'users', 200, 180, false],
    ['a little more than a tenth of the users', 'users', 200, 179, true],
    ['more than a tenth, but 19 users', 'users', 100, 81, false],
    ['more than a tenth, 20 users', 'users', 100, 80, true],
    ['exactly a tenth of the places', 'pupils', 1000, 900, false],
    ['more than a tenth of the places', 'pupils', 1000, 899, true],
    ['6 teachers of 60', 'teachers', 60, 54, false],
    ['7 teachers of 60', 'teachers', 60, 53, true],
    ['4 teachers of 10', 'teachers', 10, 6, false],
    ['5 teachers of 10', 'teachers', 10, 5, true],
    ['20 of 150 guardians', 'guardians', 150, 130, true],
    ['20 of 40 classes', 'classes', 40, 20, true],
    ['20 of 40 groups', 'groups', 40, 20, true],
    ['the only teacher', 'teachers', 1, 0, true],
    ['all three guardians', 'guardians', 3, 0, true],
    ['guardians of whom there were none', 'guardians', 0, 0, false],
  ])('%s', (_, kind, before, after, expected) => {
    expect(held(size({ counts: { [kind]: before } }), size({ counts: { [kind]: after } }))).toBe(expected);
  });
});

describe('looksIncomplete: classes (J2, D11)', () => {
  test.each<[string, RosterSize, RosterSize, boolean]>([
    ['emptied of pupils', size({ rolls: { c1: [1, 1] } }), size({ rolls: { c1: [0, 1] } }), true],
    ['emptied of teachers', size({ rolls: { c1: [9, 1] } }), size({ rolls: { c1: [9, 0] } }), true],
    ['that had nobody', size({ rolls: { c1: [0, 0] } }), size({ rolls: { c1: [0, 0] } }), false],
    ['closed with its only pupil', size({ rolls: { c1: [1, 1] } }), size({ rolls: {}, classes: [] }), false],
    ['over, and empty', size({ rolls: { c1: [9, 1] } }), size({ rolls: { c1: [0, 0] }, classes: [] }), false],
    ['no roster before', size({ counts: { users: 0 } }), size({ rolls: { c1: [0, 0] } }), false],
  ])('%s', (_, before, after, expected) => {
    expect(held(before, after)).toBe(expected);
  });

  test.each<[string, number, number, string, boolean]>([
    ['5 of 30 in November', 30, 5, AUTUMN, true],
    ['4 of 30', 30, 4, AUTUMN, false],
    ['5 of 51: less than a tenth', 51, 5, AUTUMN, false],
    ['all on 14 May', 30, 30, '2027-05-14', true],
    ['all on 15 May', 30, 30, '2027-05-15', false],
    ['all on 15 September', 30, 30, '2026-09-15', false],
    ['all on 16 September', 30, 30, '2026-09-16', true],
  ])('ending at once: %s', (_, of, ending, day, expected) => {
    const rolls = {};
    expect(held(size({ rolls, classes: ids(0, of) }), size({ rolls, classes: ids(ending, of) }), day)).toBe(
      expected,
    );
    const groups = size({ rolls, classes: [], groups: ids(0, of) });
    expect(held(groups, size({ rolls, classes: [], groups: ids(ending, of) }), day)).toBe(expected);
  });
});

test('a school that the file does not speak of is not missed', () => {
  expect(looksIncomplete(new Map([['s2', size()]]), new Map(), AUTUMN)).toEqual([]);
});

test('the numbers are told', () => {
  const after = size({ counts: { users: 100 }, rolls: { c1: [0, 1] } });
  const [found] = judge(size(), after);
  expect(found).toEqual({
    schoolId: 's1',
    lost: [{ kind: 'users', before: 200, after: 100 }],
    emptiedClassIds: ['c1'],
    endingIds: [],
  });
  expect(describeIncomplete(found!)).toContain('людей было 200, стало 100');
});
