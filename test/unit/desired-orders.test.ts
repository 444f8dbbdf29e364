import { describe, expect, it } from 'vitest';
import type { EnrollmentFact, OrderFact } from '../../src/desired/model.ts';
import { enrolledOn } from '../../src/desired/orders.ts';
import {
  chatOf,
  desire,
  enrolled,
  exception,
  manualChat,
  order,
  people,
  schoolOf,
  stamp,
} from '../support/small-school.ts';

/** Анна is in 5А and its group geo, and in the club of no class. Her mother has no other child. */
const base = [
  enrolled('class', '5А', 'anna'),
  enrolled('group', 'geo', 'anna'),
  enrolled('group', 'club', 'anna'),
];

function school(orders: readonly OrderFact[], enrollments: readonly EnrollmentFact[] = base) {
  return schoolOf({
    people: {
      director: 'administrator',
      ivanova: 'teacher',
      anna: 'student',
      boris: 'student',
      mother: 'parent',
    },
    classes: { '5А': { homeroomTeacherIds: ['ivanova'] }, '5Б': { homeroomTeacherIds: ['ivanova'] } },
    groups: { geo: { classId: '5А' }, algebra: { classId: '5Б' }, club: {} },
    enrollments,
    guardians: { mother: ['anna'] },
    orders,
  });
}

/** The units Анна is in, sorted. */
function unitsOn(day: string, orders: readonly OrderFact[], enrollments = base): string {
  const { classes, groups } = enrolledOn(school(orders, enrollments), day);
  const units = [...classes, ...groups].filter(([, roll]) => roll.students.has('anna'));
  return units
    .map(([id]) => id)
    .sort()
    .join(' ');
}

const anna = { studentId: 'anna' };
const out = (id: string, day: string, when = {}) => order(id, 'withdrawal', day, anna, when);
const into = (id: string, day: string, classId: string, when = {}) =>
  order(id, 'enrollment', day, { ...anna, classId }, when);

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

describe('Orders in chats (D6, F4, J1)', () => {
  const club = manualChat('club-chat', [
    exception('anna', { member: 'added' }),
    exception('mother', { member: 'added' }),
    exception('ivanova', { member: 'added', admin: 'granted' }),
  ]);
  const keys = ['class:5А', 'parents:5А', 'subject:geo', 'subject:club', 'club-chat'];
  const listed = (chats: ReturnType<typeof desire>) => keys.map((key) => people(chats.get(key)));

  it('a departed pupil leaves every chat, manual ones included, and so does his parent', () => {
    const chats = desire(school([out('7', '2026-09-10')]), [club]);
    expect(listed(chats)).toEqual(['ivanova*', 'ivanova*', '', '', 'ivanova*']);
  });

  it('everybody is back when the order is cancelled', () => {
    const cancelled = [out('7', '2026-09-10', { cancelled: '2026-09-11' })];
    expect(desire(school(cancelled), [club])).toEqual(desire(school([]), [club]));
  });

  it('a later enrollment brings a departed pupil back, manual chats included', () => {
    const chats = desire(school([out('7', '2026-09-10'), into('8', '2026-09-20', '5А')]), [club]);
    expect(listed(chats)).toEqual([...['anna ivanova*', 'ivanova* mother', '', ''], 'anna ivanova* mother']);
  });

  it('an import that shows him after the withdrawal brings him back too', () => {
    const back = [enrolled('class', '5А', 'anna', { stated: stamp('2026-09-20') })];
    expect(people(desire(school([out('7', '2026-09-10')], back), [club]).get('club-chat'))).toContain('anna');
  });

  it('a pupil withdrawn from a class only is still of the school', () => {
    const facts = school([order('7', 'withdrawal', '2026-09-10', { ...anna, classId: '5А' })]);
    expect(people(desire(facts, [club]).get('club-chat'))).toBe('anna ivanova* mother');
  });

  it('a person of several roles departs only when every role has', () => {
    const facts = school([out('7', '2026-09-10')]);
    const people2 = new Map(facts.people).set('anna', { id: 'anna', roles: ['student', 'teacher'] });
    const chats = desire({ ...facts, people: people2 }, [club]);
    expect(listed(chats)).toEqual(['ivanova*', 'ivanova*', '', '', 'anna ivanova*']);
  });

  it('who is out by an order is named with it, his parents too', () => {
    const facts = school([out('7', '2026-09-10')]);
    const chats = desire(facts, [club]);
    const ending = { kind: 'order', orderId: '7' };
    expect(keys.map((key) => Object.fromEntries(chats.get(key)!.endings))).toEqual([
      { anna: ending },
      { mother: ending },
      { anna: ending },
      { anna: ending },
      { anna: ending, mother: ending },
    ]);
  });

  it('an import that confirms a withdrawal does not take the reason away, one that denied it does', () => {
    const confirmed = [enrolled('class', '5А', 'anna', { gone: stamp('2026-09-12') })];
    const denied = [
      enrolled('class', '5А', 'anna', { stated: stamp('2026-09-12'), gone: stamp('2026-09-14') }),
    ];
    const endings = (facts: EnrollmentFact[]) =>
      enrolledOn(school([out('7', '2026-09-10')], facts), '2026-09-20').classes.get('5А')?.endings.size;
    expect([endings(confirmed), endings(denied)]).toEqual([1, 0]);
  });

  it('grounds carry the order and its day, for the pupil and for his parents', () => {
    const chats = desire(school([into('9', '2026-09-03', '5Б', { issued: '2026-08-30' })]));
    const ground = { classId: '5Б', since: '2026-09-03', orderId: '9' };
    expect(chats.get('class:5Б')?.members.get('anna')?.grounds).toEqual([{ kind: 'enrollment', ...ground }]);
    expect(chats.get('parents:5Б')?.members.get('mother')?.grounds).toEqual([
      { kind: 'guardian', studentId: 'anna', ...ground },
    ]);
  });

  it('D5: a group whose only pupil came by an order gets its chat', () => {
    const item = { ...anna, classId: '5Б', subjectGroupIds: ['algebra'] };
    expect(desire(school([order('1', 'enrollment', '2026-09-01', item)])).has('subject:algebra')).toBe(true);
    expect(desire(school([])).has('subject:algebra')).toBe(false);
  });

  it('F4: a parent who is still of the school is not out by the order of another child', () => {
    const facts = school([out('7', '2026-09-10')], [...base, enrolled('class', '5Б', 'boris')]);
    const both = {
      ...facts,
      guardians: ['anna', 'boris'].map((studentId) => ({ guardianId: 'mother', studentId })),
    };
    const before = [...desire(both).values()].map((chat) => chatOf(chat));
    const after = desire({ ...both, enrollments: base }, before).get('parents:5Б')!;
    expect([people(after), after.endings.size]).toEqual(['ivanova*', 0]);
  });

  it('a parent moves with a transferred child', () => {
    const facts = school([order('1', 'transfer', '2026-09-01', { ...anna, classId: '5А', toClassId: '5Б' })]);
    const before = [...desire(school([])).values()].map((chat) => chatOf(chat));
    const chats = desire(facts, before);
    expect([people(chats.get('parents:5А')), people(chats.get('parents:5Б'))]).toEqual([
      'ivanova*',
      'ivanova* mother',
    ]);
    expect(chats.get('parents:5А')?.endings.get('mother')).toEqual({ kind: 'order', orderId: '1' });
  });
});
