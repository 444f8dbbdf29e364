import { describe, expect, it } from 'vitest';
import type { OrderFact } from '../../src/desired/model.ts';
import { enrolledOn } from '../../src/desired/orders.ts';
import { anna, base, into, out, school } from '../support/school-with-orders.ts';
import { enrolled, order, stamp } from '../support/small-school.ts';

/** Gives the units that Анна is in, sorted. */
function unitsOn(day: string, orders: readonly OrderFact[], enrollments = base): string {
  const { classes, groups } = enrolledOn(school(orders, enrollments), day);
  const units = [...classes, ...groups].filter(([, roll]) => roll.students.has('anna'));
  return units
    .map(([id]) => id)
    .sort()
    .join(' ');
}

describe('What an order does (D6)', () => {
  it.each([
    ['enrollment: into the class', [into('1', '2026-09-10', '5Б')], '5А 5Б club geo'],
    [
      'enrollment: and into the listed groups',
      [order('1', 'enrollment', '2026-09-10', { ...anna, classId: '5Б', subjectGroupIds: ['algebra'] })],
      '5А 5Б algebra club geo',
    ],
    ['withdrawal: out of everything', [out('1', '2026-09-10')], ''],
    [
      'withdrawal from a class: out of it and its groups; a group without a class stays',
      [order('1', 'withdrawal', '2026-09-10', { ...anna, classId: '5А' })],
      'club',
    ],
    [
      'withdrawal from a class: a group without a class is left where it is listed',
      [order('1', 'withdrawal', '2026-09-10', { ...anna, classId: '5А', subjectGroupIds: ['club'] })],
      '',
    ],
    [
      'transfer: out of the class and its groups, into the other and the listed groups',
      [
        order('1', 'transfer', '2026-09-10', {
          ...anna,
          ...{ classId: '5А', toClassId: '5Б', subjectGroupIds: ['algebra'] },
        }),
      ],
      '5Б algebra club',
    ],
    [
      'transfer: a group of the old class that is listed is kept',
      [
        order('1', 'transfer', '2026-09-10', {
          ...anna,
          classId: '5А',
          toClassId: '5Б',
          subjectGroupIds: ['geo'],
        }),
      ],
      '5Б club geo',
    ],
    ['a cancelled order does nothing', [out('1', '2026-09-10', { cancelled: '2026-09-11' })], '5А club geo'],
  ])('%s', (_, orders, expected) => {
    expect(unitsOn('2026-09-20', orders)).toBe(expected);
  });

  it('an order dated ahead waits for its day, which is included', () => {
    const orders = [out('1', '2026-09-10', { issued: '2026-08-30' })];
    expect(unitsOn('2026-09-09', orders)).toBe('5А club geo');
    expect(unitsOn('2026-09-10', orders)).toBe('');
  });
});

describe('Late and contradicting orders have one result (D6)', () => {
  it.each([
    ['the later effective day decides', [out('1', '2026-09-10'), into('2', '2026-09-12', '5Б')], '5Б'],
    [
      'a late order stands where its effective day puts it',
      [into('2', '2026-09-12', '5Б'), out('1', '2026-09-10', { issued: '2026-09-15' })],
      '5Б',
    ],
    [
      'of one effective day: the later issued',
      [
        into('2', '2026-09-10', '5Б', { issued: '2026-09-01' }),
        out('1', '2026-09-10', { issued: '2026-09-02' }),
      ],
      '',
    ],
    ['of one instant: the greater id', [into('2', '2026-09-10', '5Б'), out('1', '2026-09-10')], '5Б'],
    [
      'two withdrawals, one cancelled: still out',
      [out('1', '2026-09-10'), out('2', '2026-09-11', { cancelled: '2026-09-12' })],
      '',
    ],
  ])('%s', (_, orders, expected) => {
    expect(unitsOn('2026-09-20', orders)).toBe(expected);
    expect(unitsOn('2026-09-20', orders.toReversed())).toBe(expected);
  });
});

describe('Orders and statements (D6)', () => {
  const restated = (day: string) => [enrolled('class', '5А', 'anna', { stated: stamp(day) })];

  it.each([
    ['an order overlays what was stated before it was issued', '2026-09-05', ''],
    ['a statement after the issue but before the effective day cannot show it', '2026-09-12', ''],
    ['a statement after both outweighs it', '2026-09-16', '5А'],
  ])('%s', (_, statedOn, expected) => {
    const orders = [out('1', '2026-09-15', { issued: '2026-09-10' })];
    expect(unitsOn('2026-09-20', orders, restated(statedOn))).toBe(expected);
  });

  it('a statement says it for its own fact alone', () => {
    const orders = [out('1', '2026-09-10')];
    expect(unitsOn('2026-09-20', orders, [...restated('2026-09-12'), enrolled('group', 'geo', 'anna')])).toBe(
      '5А',
    );
  });

  it('an outweighed last order is not undone by a late one before it', () => {
    const orders = [into('1', '2026-09-05', '5А'), out('2', '2026-09-01', { issued: '2026-09-10' })];
    expect(unitsOn('2026-09-20', orders, restated('2026-09-06'))).toBe('5А');
    expect(unitsOn('2026-09-20', orders, [])).toBe('5А');
  });

  it('the day of a statement is that of the school’s time zone', () => {
    const at = { at: '2026-09-14T20:00:00.000Z', by: 'import' };
    const facts = school(
      [out('1', '2026-09-15', { issued: '2026-09-10' })],
      [enrolled('class', '5А', 'anna', { stated: at })],
    );
    const inKamchatka = {
      ...facts,
      dayOf: (instant: string) => (instant > '2026-09-14T12' ? '2026-09-15' : '?'),
    };
    const isIn = (some: typeof facts) =>
      enrolledOn(some, '2026-09-20').classes.get('5А')?.students.has('anna');
    expect([isIn(facts), isIn(inKamchatka)]).toEqual([false, true]);
  });

  it('an order cancelled: the absence that it explained is void, what it ended is back', () => {
    const gone = [enrolled('class', '5А', 'anna', { gone: stamp('2026-09-12') })];
    expect(unitsOn('2026-09-20', [out('1', '2026-09-10', { cancelled: '2026-09-15' })], gone)).toBe('5А');
  });

  it.each([
    ['stated before the order', out('1', '2026-09-13', { cancelled: '2026-09-15' })],
    [
      'stated before it took effect',
      out('1', '2026-09-13', { issued: '2026-09-01', cancelled: '2026-09-15' }),
    ],
    ['stated after the cancellation', out('1', '2026-09-01', { cancelled: '2026-09-05' })],
    [
      'of another class',
      order('1', 'withdrawal', '2026-09-10', { ...anna, classId: '5Б' }, { cancelled: '2026-09-15' }),
    ],
    ['without a cancellation', out('1', '2026-09-10')],
  ])('an absence %s counts', (_, cancelled) => {
    const gone = [enrolled('class', '5А', 'anna', { gone: stamp('2026-09-12') })];
    expect(unitsOn('2026-09-20', [cancelled], gone)).toBe('');
  });

  it('an absence that began before the order counts, though it was stated again while the order stood', () => {
    const run = { gone: stamp('2026-09-12'), goneFrom: stamp('2026-09-05') };
    const gone = [enrolled('class', '5А', 'anna', run)];
    expect(unitsOn('2026-09-20', [out('1', '2026-09-10', { cancelled: '2026-09-15' })], gone)).toBe('');
  });

  it('a transfer cancelled after an import has shown it: back in the old class, out of the new', () => {
    const moved = order(
      ...(['1', 'transfer', '2026-09-10', { ...anna, classId: '5А', toClassId: '5Б' }] as const),
      { cancelled: '2026-09-15' },
    );
    const seen = stamp('2026-09-12');
    const shown = [
      enrolled('class', '5А', 'anna', { gone: seen }),
      enrolled('class', '5Б', 'anna', { stated: seen, statedFrom: seen }),
    ];
    expect(unitsOn('2026-09-20', [moved], shown)).toBe('5А');
    const restatedLater = [
      enrolled('class', '5Б', 'anna', { stated: stamp('2026-09-16'), statedFrom: seen }),
    ];
    expect(unitsOn('2026-09-20', [moved], restatedLater)).toBe('5Б');
    const there = [enrolled('class', '5Б', 'anna', { stated: seen, statedFrom: stamp('2026-09-01') })];
    expect(unitsOn('2026-09-20', [moved], there)).toBe('5Б');
  });
});
