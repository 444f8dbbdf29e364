import { describe, expect, it } from 'vitest';
import { automaticTitle } from '../../src/desired/names.ts';
import {
  chatOf,
  desire,
  enrolled,
  exception,
  IMPORTED,
  manualChat,
  people,
  schoolOf,
  TODAY,
} from '../support/small-school.ts';

/** 5А and 5Б, with one subject group in 5А. Анна has a brother in 5Б. */
const table = {
  people: {
    director: 'administrator,teacher',
    ivanova: 'teacher',
    petrov: 'teacher',
    cook: 'staff',
    anna: 'student',
    boris: 'student',
    brother: 'student',
    mother: 'parent',
    father: 'parent',
    aunt: 'parent',
  },
  classes: { '5А': { homeroomTeacherIds: ['ivanova'] }, '5Б': { homeroomTeacherIds: ['petrov'] } },
  groups: { geo: { title: '5А/География', classId: '5А', teacherIds: ['petrov'] } },
  enrollments: [
    enrolled('class', '5А', 'anna'),
    enrolled('class', '5А', 'boris'),
    enrolled('class', '5Б', 'brother'),
    enrolled('group', 'geo', 'anna'),
  ],
  guardians: { mother: ['anna', 'brother'], father: ['anna'], aunt: ['boris'] },
};
const facts = schoolOf(table);

describe('Automatic chats (D1–D5)', () => {
  const chats = desire(facts);

  it.each([
    [
      'D2: «Учительская» has every teacher, the school admins as its admins',
      'staff',
      'director* ivanova petrov',
    ],
    ['D3: «Класс» has the homeroom teacher and the enrolled pupils', 'class:5А', 'anna boris ivanova*'],
    ['D4: «Родители» has the homeroom teacher and all parents', 'parents:5А', 'aunt father ivanova* mother'],
    ['D4: a parent is in the chat of each child', 'parents:5Б', 'mother petrov*'],
    ['D5: «Предметы» has the teacher of the group and its pupils', 'subject:geo', 'anna petrov*'],
  ])('%s', (_, key, expected) => {
    expect(people(chats.get(key))).toBe(expected);
  });

  it('D1: a class gets two chats, a group one, the school one, and nobody else any (sorted by type and key)', () => {
    expect([...chats.keys()]).toEqual([
      'staff',
      ...['class:5А', 'class:5Б', 'parents:5А', 'parents:5Б', 'subject:geo'],
    ]);
  });

  it('titles are those of the manual', () => {
    expect([...chats.values()].map(({ title }) => title)).toEqual([
      'Учительская',
      ...['5А класс', '5Б класс', '5А родители', '5Б родители', '5А/География'],
    ]);
    expect(automaticTitle('class', '1 доп')).toBe('1 доп класс');
  });

  it('D4: one membership per parent with a ground for each child in the class', () => {
    const twins = schoolOf({
      ...table,
      enrollments: [...table.enrollments, enrolled('class', '5А', 'brother', { beginsOn: '2026-09-01' })],
    });
    expect(desire(twins).get('parents:5А')?.members.get('mother')?.grounds).toEqual([
      { kind: 'guardian', classId: '5А', studentId: 'anna' },
      { kind: 'guardian', classId: '5А', studentId: 'brother', since: '2026-09-01' },
    ]);
  });

  it('grounds are a set: every one, sorted, each once', () => {
    const twice = schoolOf({
      ...table,
      people: { ...table.people, ivanova: 'teacher,parent' },
      classes: { '5А': { homeroomTeacherIds: ['ivanova', 'ivanova'] } },
      guardians: { ivanova: ['boris', 'boris'] },
    });
    expect(desire(twice).get('parents:5А')?.members.get('ivanova')?.grounds).toEqual([
      { kind: 'homeroom', classId: '5А' },
      { kind: 'guardian', classId: '5А', studentId: 'boris' },
    ]);
  });

  it('D5: a group that never had a pupil gets no chat; one that had, keeps its due', () => {
    const { geo } = table.groups;
    const empty = schoolOf({ ...table, enrollments: [] });
    expect(desire(empty).has('subject:geo')).toBe(false);
    const gone = { at: '2026-09-25T00:00:00.000Z', by: 'import-2' };
    const emptied = schoolOf({
      ...table,
      groups: { geo },
      enrollments: [enrolled('group', 'geo', 'anna', { gone })],
    });
    expect(people(desire(emptied).get('subject:geo'))).toBe('petrov*');
  });

  it('J6: a pupil who is named as guardian is not in the parents’ chat by the rules', () => {
    const odd = schoolOf({ ...table, guardians: { ...table.guardians, boris: ['anna'] } });
    expect(people(desire(odd).get('parents:5А'))).toBe('aunt father ivanova* mother');
  });

  it.each([
    ['on the first day', { beginsOn: TODAY }, true],
    ['before it', { beginsOn: '2026-10-02' }, false],
    ['on the last day', { endsOn: TODAY }, true],
    ['after it', { endsOn: '2026-09-30' }, false],
    ['when an absence was stated later', { gone: { at: '2026-09-01T00:00:00.000Z', by: 'b' } }, false],
    ['when an absence was stated at once by a lesser id', { gone: { ...IMPORTED, by: 'a' } }, true],
    ['when only an absence was stated', { stated: null, gone: IMPORTED }, false],
  ])('D3: a pupil is in his class %s', (_, dates, expected) => {
    const one = schoolOf({ ...table, enrollments: [enrolled('class', '5А', 'anna', dates)] });
    expect(desire(one).get('class:5А')?.members.has('anna')).toBe(expected);
  });
});

describe('Departed people (D6)', () => {
  it.each([
    ['a pupil who is not in the roster any more', { anna: undefined }, 'class:5А', 'boris ivanova*'],
    [
      'his parent without another child, not the one with another',
      { anna: undefined },
      'parents:5А',
      'aunt ivanova*',
    ],
    ['dismissed staff', { petrov: undefined }, 'staff', 'director* ivanova'],
  ])('%s', (_, without, key, expected) => {
    const left = Object.entries({ ...table.people, ...without }).filter(([, roles]) => roles !== undefined);
    const chats = desire(schoolOf({ ...table, people: Object.fromEntries(left) as Record<string, string> }));
    expect(people(chats.get(key))).toBe(expected);
  });

  it('a parent whose only child is not in the roster any more has departed from manual chats too', () => {
    const { anna: _, ...others } = table.people;
    const list = manualChat(
      'm-1',
      ['father', 'mother'].map((id) => exception(id, { member: 'added' })),
    );
    expect(people(desire(schoolOf({ ...table, people: others }), [list]).get('m-1'))).toBe(
      'director* mother',
    );
  });

  it('a teacher who is a parent too has not departed with his last child', () => {
    const teacherParent = schoolOf({ ...table, people: { ...table.people, petrov: 'teacher,parent' } });
    expect(desire(teacherParent).get('staff')?.members.has('petrov')).toBe(true);
  });
});

describe('Current and other classes (D1, D9, D11)', () => {
  const during = (own: object) =>
    schoolOf({ ...table, classes: { '5А': { ...table.classes['5А'], ...own } } });

  it.each([
    ['without dates', {}, true],
    ['from the first day of its first term', { startsOn: TODAY }, true],
    ['to the last day of its last', { endsOn: TODAY }, true],
    ['not before', { startsOn: '2026-10-02' }, false],
    ['not after', { endsOn: '2026-09-30' }, false],
    ['not when closed', { closed: true }, false],
  ])('D1, D11: new chats of a class and of its groups are made %s', (_, own, expected) => {
    const chats = desire(during(own));
    expect([chats.has('class:5А'), chats.has('parents:5А'), chats.has('subject:geo')]).toEqual(
      Array(3).fill(expected),
    );
  });

  it('a chat that exists before its class is current lives by the rules and is not archived', () => {
    const chat = chatOf(desire(facts).get('class:5А')!);
    const early = desire(during({ startsOn: '2026-11-01' }), [chat]).get('class:5А');
    expect([early?.archived, people(early)]).toEqual([false, 'anna boris ivanova*']);
  });

  it('who is in a chat stays until its class begins anew, and new people come by the rules', () => {
    const before = chatOf(desire(facts).get('class:5А')!);
    const { anna: _, ...others } = table.people as Record<string, string>;
    const school = schoolOf({
      ...table,
      people: { ...others, newcomer: 'student' },
      classes: { '5А': { ...table.classes['5А'], startsOn: '2026-11-01' } },
      enrollments: [enrolled('class', '5А', 'newcomer')],
    });
    const now = desire(school, [before]).get('class:5А');
    expect([now?.archived, people(now)]).toEqual([false, 'boris ivanova* newcomer']);
  });

  it('D9: chats follow a renamed class, unless renamed by hand', () => {
    const before = desire(facts);
    const chats = [
      chatOf(before.get('class:5А')!),
      chatOf(before.get('parents:5А')!, { title: 'Наши мамы и папы', titleByHand: true }),
    ];
    const after = desire(during({ title: '6А' }), chats);
    expect(after.get('class:5А')?.title).toBe('6А класс');
    expect(after.get('parents:5А')?.title).toBe('Наши мамы и папы');
  });
});

describe('Admins (C6, C7, C8)', () => {
  const without = (person: string) => {
    const { [person]: _, ...others } = table.people as Record<string, string>;
    return schoolOf({ ...table, people: { ...others, aide: 'administrator' } });
  };

  it('C6: without its own admin a chat gets a school admin as a visible member, and says so', () => {
    const chat = desire(without('ivanova')).get('class:5А');
    expect(people(chat)).toBe('aide* anna boris');
    expect(chat?.members.get('aide')?.grounds).toEqual([{ kind: 'no-other-admin' }]);
    expect(chat?.warning).toBe('no-own-admin');
  });

  it('C6: who stands in already goes on, though another has a lesser id; he leaves when another appears', () => {
    const alone = chatOf(desire(schoolOf({ ...table, classes: { '5А': {} } })).get('class:5А')!);
    expect(alone.members.has('director')).toBe(true);
    expect(people(desire(without('ivanova'), [alone]).get('class:5А'))).toBe('anna boris director*');
    const back = desire(facts, [alone]).get('class:5А');
    expect([people(back), back?.warning]).toEqual(['anna boris ivanova*', null]);
  });

  it('C6: a school admin who is a member already only becomes an admin', () => {
    const both = schoolOf({
      ...table,
      people: { ...table.people, director: 'administrator,parent' },
      classes: { '5А': {} },
      guardians: { director: ['anna'] },
    });
    expect(desire(both).get('parents:5А')?.members.get('director')).toEqual({
      admin: true,
      grounds: [{ kind: 'guardian', classId: '5А', studentId: 'anna' }, { kind: 'no-other-admin' }],
    });
  });

  it('C6: nobody at all could administer: a warning', () => {
    const { director: _, ...others } = table.people;
    const chat = desire(schoolOf({ ...table, people: others, classes: { '5А': {} } })).get('class:5А');
    expect([people(chat), chat?.warning]).toEqual(['anna boris', 'nobody-to-administer']);
  });

  it('C6: a chat without members needs no admin', () => {
    const empty = desire(schoolOf({ people: { director: 'administrator' }, classes: { '1А': {} } })).get(
      'class:1А',
    );
    expect([people(empty), empty?.warning]).toEqual(['', null]);
  });

  it('C7: several homeroom teachers are all admins; C8: a school admin is in no class chat by the rules', () => {
    const two = desire(
      schoolOf({ ...table, classes: { '5А': { homeroomTeacherIds: ['ivanova', 'petrov'] } } }),
    );
    expect(people(two.get('class:5А'))).toBe('anna boris ivanova* petrov*');
  });

  it('C5: a pupil is no admin, even if the roster calls him a teacher of the group', () => {
    const odd = schoolOf({ ...table, groups: { geo: { classId: '5А', teacherIds: ['anna', 'petrov'] } } });
    expect(people(desire(odd).get('subject:geo'))).toBe('anna petrov*');
  });
});

describe('Only some chats', () => {
  it('of the asked types', () => {
    expect([...desire(facts, [], { types: new Set(['parents']) }).keys()]).toEqual([
      'parents:5А',
      'parents:5Б',
    ]);
  });

  it('by key or by id', () => {
    const chats = [chatOf(desire(facts).get('staff')!, { id: 'c-1' })];
    const some = desire(facts, chats, { only: new Set(['class:5Б', 'c-1']) });
    expect([...some.keys()]).toEqual(['staff', 'class:5Б']);
  });
});
