/** K4: which people of a list were there before under other ids. */
import { describe, expect, it } from 'vitest';
import { matchPeople, type NamedPerson } from '../../src/matching/match-people.ts';

const person = (id: string, nameKey: string, birthDate: string | null = null, role = 'student') =>
  ({ id, nameKey, birthDate, roles: [role] }) as NamedPerson;
const ANNA = person('old', 'anna', '2015-01-01');

describe('matching people by name and birth date', () => {
  it.each<[string, NamedPerson[], NamedPerson[], string[]]>([
    ['the same name and date', [ANNA], [person('new', 'anna', '2015-01-01')], ['old→new']],
    ['a date that is not known', [ANNA], [person('new', 'anna')], ['old→new']],
    ['another date', [ANNA], [person('new', 'anna', '2014-01-01')], []],
    ['another name', [ANNA], [person('new', 'boris', '2015-01-01')], []],
    ['another role', [ANNA], [person('new', 'anna', '2015-01-01', 'parent')], []],
    ['two who have come', [ANNA], [person('n1', 'anna'), person('n2', 'anna')], []],
    ['two who are gone', [ANNA, person('o2', 'anna')], [person('new', 'anna')], []],
    [
      'namesakes told apart by their dates',
      [ANNA, person('o2', 'anna', '2014-02-02')],
      [person('n2', 'anna', '2014-02-02'), person('n1', 'anna', '2015-01-01')],
      ['o2→n2', 'old→n1'],
    ],
    ['nobody with a name', [person('old', '')], [person('new', '')], []],
  ])('%s', (_, gone, come, expected) => {
    expect(matchPeople(gone, come).map(({ oldId, newId }) => `${oldId}→${newId}`)).toEqual(expected);
  });
});
