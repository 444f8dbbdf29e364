/** K4: which people of a list were there before under other ids. */
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/desired/model.ts';
import { matchPeople, type NamedPerson } from '../../src/matching/match-people.ts';

const BORN = '2015-01-01';
interface Told {
  born?: string;
  role?: Role;
  vk?: number;
  unit?: string;
  kin?: string;
}
function person(id: string, nameKey: string, told: Told = {}): NamedPerson {
  const { born = null, role = 'student', vk = null, unit, kin } = told;
  return {
    ...{ id, nameKey, birthDate: born, roles: [role], vkUserId: vk },
    units: new Set(unit === undefined ? [] : [unit]),
    kin: new Set(kin === undefined ? [] : [kin]),
  };
}
const ANNA = person('old', 'anna', { born: BORN, unit: '5A', kin: 'eve' });
const anna = (told: Told, id = 'new') => person(id, 'anna', told);
const TEACHER = person('old', 'petrova vera ilinichna', { role: 'teacher' });

describe('matching people by name and what else speaks for them', () => {
  it.each<[string, NamedPerson[], NamedPerson[], string[]]>([
    ['the same birth date', [ANNA], [anna({ born: BORN })], ['old→new birth-date']],
    ['the same class, and a date that is not known', [ANNA], [anna({ unit: '5A' })], ['old→new unit']],
    ['a parent of the same name', [ANNA], [anna({ kin: 'eve' })], ['old→new kin']],
    ['the name alone', [ANNA], [anna({})], []],
    ['another date', [ANNA], [anna({ born: '2014-01-01', unit: '5A' })], []],
    ['another name', [ANNA], [person('new', 'boris', { born: BORN })], []],
    ['another role', [ANNA], [anna({ born: BORN, role: 'parent' })], []],
    [
      'an adult by the name in full',
      [TEACHER],
      [person('new', TEACHER.nameKey, { role: 'teacher' })],
      ['old→new full-name'],
    ],
    [
      'two who have come',
      [ANNA],
      [anna({ unit: '5A' }, 'n1'), anna({ born: BORN }, 'n2')],
      ['old→n1 unit namesake', 'old→n2 birth-date namesake'],
    ],
    [
      'two who are gone',
      [ANNA, person('o2', 'anna', { born: BORN })],
      [anna({ born: BORN })],
      ['old→new birth-date namesake', 'o2→new birth-date namesake'],
    ],
    [
      'namesakes told apart by their dates',
      [ANNA, person('o2', 'anna', { born: '2014-02-02' })],
      [anna({ born: '2014-02-02' }, 'n2'), anna({ born: BORN }, 'n1')],
      ['o2→n2 birth-date', 'old→n1 birth-date'],
    ],
    [
      'namesakes of one date told apart by their VK profiles',
      [anna({ born: BORN, vk: 1 }, 'o1'), anna({ born: BORN, vk: 2 }, 'o2')],
      [anna({ born: BORN, vk: 2 }, 'n2'), anna({ born: BORN, vk: 1 }, 'n1')],
      ['o2→n2 birth-date profile', 'o1→n1 birth-date profile'],
    ],
    [
      'another VK profile',
      [anna({ born: BORN, vk: 1 }, 'old')],
      [anna({ born: BORN, vk: 2 })],
      ['old→new birth-date profile?'],
    ],
    ['nobody with a name', [person('old', '', { born: BORN })], [person('new', '', { born: BORN })], []],
  ])('%s', (_, gone, come, expected) => {
    const found = matchPeople(gone, come).map(({ oldId, newId, evidence, doubt }) =>
      [`${oldId}→${newId}`, ...evidence, ...(doubt ? [doubt === 'profile' ? 'profile?' : doubt] : [])].join(
        ' ',
      ),
    );
    expect(found).toEqual(expected);
  });
});
