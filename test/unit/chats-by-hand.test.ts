import { describe, expect, test } from 'vitest';
import { contradictions, exceptionsAfter, type Kept, type PeopleChange } from '../../src/chats/by-hand.ts';
import type { DesiredMember } from '../../src/desired/model.ts';

const rules = new Map<string, DesiredMember>([
  ['teacher', { admin: true, grounds: [{ kind: 'homeroom', classId: '5A' }] }],
  ['pupil', { admin: false, grounds: [{ kind: 'enrollment', classId: '5A' }] }],
]);

function exceptions(change: Partial<PeopleChange>, before: Record<string, Kept> = {}, given = rules) {
  const whole = { add: [], remove: [], grant: [], revoke: [], ...change };
  return Object.fromEntries(exceptionsAfter(whole, new Map(Object.entries(before)), given));
}

const kept = (member: Kept['member'], admin: Kept['admin'] = null): Kept => ({ member, admin });

describe('D7: what is kept by hand', () => {
  test.each<[string, Partial<PeopleChange>, Record<string, Kept>, Record<string, Kept>]>([
    ['an outsider added', { add: ['guest'] }, {}, { guest: kept('added') }],
    ['a member of the rules excluded', { remove: ['pupil'] }, {}, { pupil: kept('excluded') }],
    ['an excluded one added', { add: ['pupil'] }, { pupil: kept('excluded') }, { pupil: kept(null) }],
    ['an added one removed', { remove: ['guest'] }, { guest: kept('added') }, { guest: kept(null) }],
    [
      'an excluded one added whom the rules do not give any more',
      { add: ['guest'] },
      { guest: kept('excluded') },
      { guest: kept('added') },
    ],
    [
      'an added one removed whom the rules give meanwhile',
      { remove: ['pupil'] },
      { pupil: kept('added') },
      { pupil: kept('excluded') },
    ],
    ['one whom a hold alone keeps in', { remove: ['held'] }, {}, { held: kept('excluded') }],
    ['an appointment', { grant: ['pupil'] }, {}, { pupil: kept(null, 'granted') }],
    [
      'an appointment taken back',
      { revoke: ['guest'] },
      { guest: kept('added', 'granted') },
      { guest: kept('added') },
    ],
    ['a default admin revoked', { revoke: ['teacher'] }, {}, { teacher: kept(null, 'revoked') }],
    [
      '… and appointed again',
      { grant: ['teacher'] },
      { teacher: kept(null, 'revoked') },
      { teacher: kept(null) },
    ],
    [
      'an appointed one removed',
      { remove: ['guest'] },
      { guest: kept('added', 'granted') },
      { guest: kept(null) },
    ],
    ['a stand-in appointed', { grant: ['stand-in'] }, {}, { 'stand-in': kept('added', 'granted') }],
    [
      'added and appointed at once',
      { add: ['guest'], grant: ['guest'] },
      {},
      { guest: kept('added', 'granted') },
    ],
    ['what is so already', { add: ['guest'], revoke: ['pupil'] }, { guest: kept('added') }, {}],
  ])('%s', (_, change, before, expected) => {
    expect(exceptions(change, before)).toEqual(expected);
  });

  test('D10: of a manual chat all is its own list', () => {
    const nobody = new Map<string, DesiredMember>();
    expect(exceptions({ add: ['pupil'], grant: ['teacher'] }, { teacher: kept('added') }, nobody)).toEqual({
      pupil: kept('added'),
      teacher: kept('added', 'granted'),
    });
    expect(exceptions({ remove: ['teacher'] }, { teacher: kept('added', 'granted') }, nobody)).toEqual({
      teacher: kept(null),
    });
  });
});

test('a request that says two things of one person is told apart', () => {
  const nothing = { add: [], remove: [], grant: [], revoke: [] };
  expect(contradictions({ ...nothing, add: ['a', 'b'], remove: ['a'] })).toEqual(['a']);
  expect(contradictions({ ...nothing, grant: ['a', 'b'], remove: ['a'], revoke: ['b'] })).toEqual(['a', 'b']);
  expect(contradictions({ ...nothing, add: ['a'], grant: ['a'], remove: ['b'], revoke: ['b'] })).toEqual([]);
});

test('F4: whom only a hold keeps in is excluded by hand, even where an addition is cleared', () => {
  const change: PeopleChange = { add: [], remove: ['p1'], grant: [], revoke: [] };
  const before = new Map<string, Kept>([['p1', { member: 'added', admin: null }]]);
  const after = (held: readonly string[]) =>
    exceptionsAfter(change, before, new Map(), new Set(held)).get('p1')?.member;
  expect(after([])).toBe(null);
  expect(after(['p1'])).toBe('excluded');
});
