/** K4: a class that comes back under a new id goes on with the chats of the old one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chatOf,
  desire,
  enrolled,
  order,
  people,
  type SchoolTable,
  schoolOf,
} from '../support/small-school.ts';

const table = {
  people: {
    ...{ director: 'administrator', ivanova: 'teacher', petrov: 'teacher' },
    ...{ anna: 'student', boris: 'student', newcomer: 'student', mother: 'parent', aunt: 'parent' },
  },
  classes: { old: { title: '5А', homeroomTeacherIds: ['ivanova'] } },
  groups: {
    geo: { title: '5А/География', classId: 'old', teacherIds: ['petrov'] },
    art: { title: '5А/ИЗО', classId: 'old', teacherIds: ['petrov'] },
  },
  enrollments: [
    ...['anna', 'boris'].map((id) => enrolled('class', 'old', id)),
    ...['geo', 'art'].map((id) => enrolled('group', id, 'anna')),
  ],
  guardians: { mother: ['anna'], aunt: ['boris'] },
} satisfies SchoolTable;
const before = [...desire(schoolOf(table)).values()].map((chat) => chatOf(chat));
const OVER = { ...table.classes.old, closed: true };
const HEIR = { title: '6А', homeroomTeacherIds: ['ivanova'], continues: 'old' };

/** The school with a new class; its chats as they stood before. */
const moved = (own: SchoolTable, chats = before, options = {}) =>
  desire(schoolOf({ ...table, ...own }), chats, options);
const classes = (heir: object, old: object = OVER) => ({ classes: { old, heir: { ...HEIR, ...heir } } });
const inHeir = (...ids: string[]) => ids.map((id) => enrolled('class', 'heir', id));
const { boris: _, ...withoutBoris } = table.people;
const GROUPS = {
  geo: { ...table.groups.geo, closed: true },
  art: { ...table.groups.art, closed: true },
  geo6: { title: '6А/География', classId: 'heir', teacherIds: ['petrov'] },
  chem6: { title: '6А/Химия', classId: 'heir', teacherIds: ['petrov'] },
};

describe('A class that continues another (K4)', () => {
  it('goes on with its chats: the ids stay, the title and the members are those of the new class', () => {
    const chats = moved({ ...classes({}), enrollments: inHeir('anna', 'boris', 'newcomer') });
    expect(chats.get('class:heir')).toMatchObject({
      ...{ id: 'chat-class:old', title: '6А класс', classId: 'heir', archived: false },
    });
    expect(chats.get('parents:heir')).toMatchObject({ id: 'chat-parents:old', title: '6А родители' });
    expect(people(chats.get('class:heir'))).toBe('anna boris ivanova* newcomer');
    expect(people(chats.get('parents:heir'))).toBe('aunt ivanova* mother');
    expect([...chats.keys()].filter((key) => key.endsWith(':old'))).toEqual([]);
  });

  it('goes on with the chats of its groups where name and class say which', () => {
    const enrollments = [...inHeir('anna'), ...['geo6', 'chem6'].map((id) => enrolled('group', id, 'anna'))];
    const chats = moved({ ...classes({}), groups: GROUPS, enrollments });
    expect(chats.get('subject:geo6')).toMatchObject({ id: 'chat-subject:geo', title: '6А/География' });
    expect(chats.get('subject:chem6')).toMatchObject({ id: null });
    expect(chats.get('subject:art')).toMatchObject({ id: 'chat-subject:art', archived: true });
    const twice = { ...GROUPS, twin: { ...GROUPS.geo6 } };
    expect(moved({ ...classes({}), groups: twice, enrollments }).get('subject:geo6')?.id).toBe(null);
  });

  it.each<[string, SchoolTable, string, string]>([
    ['nothing is known of the new class’s pupils yet', {}, 'anna boris ivanova*', 'aunt ivanova* mother'],
    [
      'some pupils are placed in it',
      { enrollments: inHeir('anna') },
      'anna boris ivanova*',
      'aunt ivanova* mother',
    ],
    [
      'a pupil is placed in another class',
      { enrollments: [...inHeir('anna'), enrolled('class', 'other', 'boris')] },
      'anna ivanova*',
      'ivanova* mother',
    ],
    [
      'an order takes a pupil out',
      {
        enrollments: [...table.enrollments, ...inHeir('anna')],
        orders: [order('o', 'withdrawal', '2026-09-20', { studentId: 'boris', classId: 'old' })],
      },
      'anna ivanova*',
      'ivanova* mother',
    ],
    [
      'a pupil is gone',
      { people: withoutBoris, enrollments: inHeir('anna') },
      'anna ivanova*',
      'ivanova* mother',
    ],
  ])('while it moves: %s', (_, own, pupils, parents) => {
    const chats = moved({ enrollments: [], ...classes({}), ...own });
    expect([people(chats.get('class:heir')), people(chats.get('parents:heir'))]).toEqual([pupils, parents]);
  });

  it('the old homeroom teacher stays until the new class names one', () => {
    expect(people(moved(classes({ homeroomTeacherIds: [] })).get('class:heir'))).toBe('anna boris ivanova*');
    expect(people(moved(classes({ homeroomTeacherIds: ['petrov'] })).get('class:heir'))).toBe(
      'anna boris petrov*',
    );
  });

  it('one that still lives is taken at its word; before the new class begins everything is as it was', () => {
    const chats = moved(classes({}, table.classes.old));
    expect([...chats.keys()]).toEqual(['staff', 'class:heir', 'parents:heir', 'subject:art', 'subject:geo']);
    const ahead = moved(classes({ startsOn: '2026-10-02' }, table.classes.old));
    expect(ahead.get('class:old')).toMatchObject({ id: 'chat-class:old', title: '5А класс' });
    expect(ahead.has('class:heir')).toBe(false);
  });

  it('a chain of classes goes to the last one, and a circle ends', () => {
    const chain = { old: OVER, mid: { continues: 'old', closed: true }, heir: { ...HEIR, continues: 'mid' } };
    expect(moved({ classes: chain, enrollments: [] }).get('class:heir')?.id).toBe('chat-class:old');
    const circle = { old: { ...OVER, continues: 'heir' }, heir: HEIR };
    expect(moved({ classes: circle, enrollments: [] }).get('class:heir')?.id).toBe('chat-class:old');
  });

  it('a class with chats of its own keeps them, and a chat deleted by hand is not replaced by another', () => {
    const own = [
      ...desire(schoolOf({ ...table, classes: { old: table.classes.old, heir: { title: '6А' } } })).values(),
    ];
    const both = moved(
      classes({}),
      own.map((chat) => chatOf(chat)),
    );
    expect(both.get('class:heir')?.id).toBe('chat-class:heir');
    expect(both.get('class:old')).toMatchObject({ id: 'chat-class:old', archived: true });
    const spent = moved(classes({}), before, { spent: new Set(['class:heir']) });
    expect([spent.get('class:heir')?.id, spent.get('class:old')?.id]).toEqual([null, 'chat-class:old']);
  });

  it('while nobody has decided, the new class and its groups get no chats and the old ones keep theirs', () => {
    const enrollments = [
      ...inHeir('anna'),
      enrolled('group', 'geo6', 'anna'),
      enrolled('group', 'chem6', 'anna'),
    ];
    const chats = moved({ ...classes({ continues: null, mayContinue: 'old' }), groups: GROUPS, enrollments });
    expect([...chats.keys()]).toEqual([
      ...['staff', 'class:old', 'parents:old', 'subject:art', 'subject:chem6', 'subject:geo'],
    ]);
    expect(people(chats.get('class:old'))).toBe('anna boris ivanova*');
  });

  it('whatever is known of the pupils, nobody leaves who is not placed elsewhere, and no chat is lost or doubled', () => {
    const place = fc.constantFrom('old', 'heir', 'other', 'none');
    fc.assert(
      fc.property(place, place, fc.boolean(), (anna, boris, closed) => {
        const enrollments = Object.entries({ anna, boris }).flatMap(([id, unit]) =>
          unit === 'none' ? [] : [enrolled('class', unit, id)],
        );
        const chats = moved({ ...classes({}, { ...table.classes.old, closed }), enrollments });
        const ids = [...chats.values()].flatMap(({ id }) => id ?? []);
        expect(ids.sort()).toEqual(before.map(({ id }) => id).sort());
        const stay = Object.entries({ anna, boris }).flatMap(([id, unit]) => (unit === 'other' ? [] : [id]));
        expect(people(chats.get('class:heir'))).toBe([...stay, 'ivanova*'].join(' '));
      }),
    );
  });
});
