import { describe, expect, it } from 'vitest';
import {
  chatOf,
  desire,
  enrolled,
  exception,
  order,
  people,
  type SchoolTable,
  schoolOf,
} from '../support/small-school.ts';

const table = {
  people: {
    director: 'administrator',
    ivanova: 'teacher',
    petrov: 'teacher',
    anna: 'student',
    boris: 'student',
    newcomer: 'student',
    mother: 'parent',
    aunt: 'parent',
  },
  classes: { '5А': { homeroomTeacherIds: ['ivanova'] }, '6А': {} },
  groups: { geo: { classId: '5А', teacherIds: ['petrov'] } },
  enrollments: [
    enrolled('class', '5А', 'anna'),
    enrolled('class', '5А', 'boris'),
    enrolled('group', 'geo', 'anna'),
  ],
  guardians: { mother: ['anna'], aunt: ['boris'] },
} satisfies SchoolTable;
const before = [...desire(schoolOf(table)).values()].map((chat) => chatOf(chat));

/** The school after its 5А was closed, with other changes; its chats as they stood before. */
function closed(own: SchoolTable = {}, chats = before) {
  const classes = { ...table.classes, '5А': { homeroomTeacherIds: ['ivanova'], closed: true } };
  return desire(schoolOf({ ...table, classes, ...own }), chats);
}
const keys = ['class:5А', 'parents:5А', 'subject:geo'];
const listed = (chats: ReturnType<typeof desire>) => keys.map((key) => people(chats.get(key)));
const asBefore = ['anna boris ivanova*', 'aunt ivanova* mother', 'anna petrov*'];

describe('Archived chats (D9)', () => {
  it.each([
    ['closed', { closed: true }],
    ['ended', { endsOn: '2026-09-30' }],
  ])('a class that is %s: its chats and its groups’ are archived, with everybody in', (_, own) => {
    const classes = { '5А': { homeroomTeacherIds: ['ivanova'], ...own } };
    const chats = closed({ classes });
    expect(keys.map((key) => chats.get(key)?.archived)).toEqual([true, true, true]);
    expect(listed(chats)).toEqual(asBefore);
  });

  it('J6: a parent who is a pupil alone by now leaves the parents’ chat', () => {
    const chats = closed({ people: { ...table.people, mother: 'student' } });
    expect(listed(chats)).toEqual([asBefore[0], 'aunt ivanova*', asBefore[2]]);
  });

  it('so are those of a class and group that are not in the roster at all', () => {
    const chats = closed({ classes: {}, groups: {} });
    expect(keys.map((key) => chats.get(key)?.archived)).toEqual([true, true, true]);
    expect(listed(chats)).toEqual(asBefore);
  });

  it('what is archived was in when it was: the ground says so beside the former ones, and stays the same', () => {
    const once = closed();
    expect(once.get('parents:5А')?.members.get('mother')?.grounds).toEqual([
      { kind: 'guardian', classId: '5А', studentId: 'anna' },
      { kind: 'archived' },
    ]);
    const again = closed(
      {},
      [...once.values()].map((chat) => chatOf(chat)),
    );
    expect(keys.map((key) => again.get(key))).toEqual(
      keys.map((key) => ({ ...once.get(key), id: `chat-${key}` })),
    );
  });

  it('they gain nobody', () => {
    const enrollments = [...table.enrollments, enrolled('class', '5А', 'newcomer')];
    const classes = { '5А': { homeroomTeacherIds: ['petrov'], closed: true } };
    expect(listed(closed({ enrollments, classes }))).toEqual(asBefore);
  });

  it('the year’s end does not empty them: enrollments end and transfers lead on', () => {
    const moved = order('1', 'transfer', '2026-09-01', { studentId: 'anna', classId: '5А', toClassId: '6А' });
    expect(listed(closed({ orders: [moved] }))).toEqual(asBefore);
    expect(listed(closed({ enrollments: [], orders: [moved] }))).toEqual(asBefore);
  });

  it('the departed leave, a parent with his child', () => {
    const orders = [order('1', 'withdrawal', '2026-09-01', { studentId: 'anna' })];
    const chats = closed({ enrollments: [], orders });
    expect(listed(closed({ orders }))).toEqual(listed(chats));
    expect(listed(chats)).toEqual(['boris ivanova*', 'aunt ivanova*', 'petrov*']);
    const ending = { kind: 'order', orderId: '1' };
    expect(chats.get('class:5А')?.endings.get('anna')).toEqual(ending);
    expect(chats.get('parents:5А')?.endings.get('mother')).toEqual(ending);
  });

  it('a parent goes with his child though he has another in the school', () => {
    const chats = closed({
      guardians: { mother: ['anna', 'newcomer'], aunt: ['boris'] },
      orders: [order('1', 'withdrawal', '2026-09-01', { studentId: 'anna' })],
    });
    expect(people(chats.get('parents:5А'))).toBe('aunt ivanova*');
  });

  it('so he does when his child is not in the roster any more', () => {
    const { anna: _, ...others } = table.people;
    const chats = closed({ people: others, guardians: { mother: ['anna', 'newcomer'], aunt: ['boris'] } });
    expect(people(chats.get('parents:5А'))).toBe('aunt ivanova*');
  });

  it('a withdrawal from that very class takes out too', () => {
    const left = order('1', 'withdrawal', '2026-09-01', { studentId: 'anna', classId: '5А' });
    expect(listed(closed({ orders: [left] }))).toEqual(['boris ivanova*', 'aunt ivanova*', 'petrov*']);
  });

  it('who lost the guardian link that was his ground leaves', () => {
    const guardians = { mother: ['newcomer'], aunt: ['boris'] };
    expect(people(closed({ guardians }).get('parents:5А'))).toBe('aunt ivanova*');
    const stored = [...closed().values()].map((chat) => chatOf(chat));
    expect(people(closed({ guardians }, stored).get('parents:5А'))).toBe('aunt ivanova*');
  });

  it('who is excluded by hand leaves, who is revoked is no admin', () => {
    const exceptions = [
      exception('boris', { member: 'excluded' }),
      exception('ivanova', { admin: 'revoked' }),
    ];
    const chats = closed(
      {},
      before.map((chat) => (chat.key === 'class:5А' ? { ...chat, exceptions } : chat)),
    );
    expect(people(chats.get('class:5А'))).toBe('anna director* ivanova');
  });

  it('C6: their admin departed: a school admin stands in, and is not kept by the archive', () => {
    const { ivanova: _, ...others } = table.people;
    const chats = closed({ people: others });
    expect(people(chats.get('class:5А'))).toBe('anna boris director*');
    const stored = [...chats.values()].map((chat) => chatOf(chat));
    const exceptions = [exception('petrov', { member: 'added', admin: 'granted' })];
    const later = closed(
      { people: others },
      stored.map((chat) => ({ ...chat, exceptions })),
    );
    expect(people(later.get('class:5А'))).toBe('anna boris petrov*');
  });

  it('a closed class without chats gets none, and its title rests', () => {
    expect(closed({}, []).has('class:5А')).toBe(false);
    const classes = { '5А': { title: '6А', closed: true } };
    expect(closed({ classes }).get('class:5А')?.title).toBe('5А класс');
  });
});
