/** K4: which people of a list were known before under other ids. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/desired/model.ts';
import { matchPeople, type NamedPerson, type PersonMatch } from '../../src/matching/match-people.ts';

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
    ['the name alone', [ANNA], [anna({})], ['old→new name']],
    ['the name alone, and another date', [ANNA], [anna({ born: '2014-01-01' })], []],
    ['the name alone, and another VK profile', [anna({ vk: 1 }, 'old')], [anna({ vk: 2 })], []],
    [
      'the name alone, where another pair has more',
      [ANNA],
      [anna({}, 'n1'), anna({ kin: 'eve' }, 'n2')],
      ['old→n2 kin'],
    ],
    ['two names alone', [anna({}, 'old')], [anna({}, 'n1'), anna({}, 'n2')], ['old→n1 name', 'old→n2 name']],
    ['the name alone, and two classes', [ANNA], [anna({ unit: '7B' })], []],
    [
      'the name alone, and parents of two names',
      [person('old', 'anna', { kin: 'eve' })],
      [anna({ kin: 'mia' })],
      [],
    ],
    [
      'the name alone, and a class of one of the two',
      [person('old', 'anna', { kin: 'eve' })],
      [anna({ unit: '7B' })],
      ['old→new name'],
    ],
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
    expect(matchPeople(gone, come).map(shown)).toEqual(expected);
  });
});

const shown = ({ oldId, newId, evidence, doubt }: PersonMatch) =>
  [`${oldId}→${newId}`, ...evidence, ...(doubt ? [doubt === 'profile' ? 'profile?' : doubt] : [])].join(' ');

describe('people known by nothing but a name', () => {
  const moved = (name: string) => ({
    gone: person(`old-${name}`, name, { unit: '5A', kin: 'eve' }),
    come: person(`new-${name}`, name, { unit: '6A', kin: 'mia' }),
  });
  const list = (count: number) => {
    const people = ['anna', 'boris', 'clara', 'david'].slice(0, count).map(moved);
    return [people.map(({ gone }) => gone), people.map(({ come }) => come)] as const;
  };

  it('differ by their classes, unless more come so than by chance: then the ids have changed', () => {
    expect(matchPeople(...list(3))).toEqual([]);
    expect(matchPeople(...list(4)).map(shown)).toEqual([
      ...['old-anna→new-anna name', 'old-boris→new-boris name'],
      ...['old-clara→new-clara name', 'old-david→new-david name'],
    ]);
  });

  it('are nobody in particular under a name that very many bear: it alone asks nothing', () => {
    const bearing = (prefix: string, count: number, told: Told = {}) =>
      Array.from({ length: count }, (_, at) => anna(told, `${prefix}${at}`));
    expect(matchPeople(bearing('o', 10), bearing('n', 10))).toHaveLength(100);
    expect(matchPeople(bearing('o', 10), bearing('n', 11))).toEqual([]);
    const known = { unit: '5A' };
    expect(matchPeople(bearing('o', 10, known), bearing('n', 11, known))).toHaveLength(110);
  });

  it('stay in question when all others are decided, until they are two people by a word', () => {
    const word = (said: 'open' | 'other') => new Map([['new-anna', new Map([['old-anna', said]])]]);
    expect(matchPeople(...list(1), word('open')).map(shown)).toEqual(['old-anna→new-anna name']);
    expect(matchPeople(...list(4), word('other')).map(shown)).not.toContain('old-anna→new-anna name');
  });

  it('are asked about where the pair that had more was refused', () => {
    const come = [anna({ kin: 'eve' }, 'n1'), anna({}, 'n2')];
    const said = new Map([['n1', new Map([['old', 'other' as const]])]]);
    expect(matchPeople([ANNA], come, said).map(shown)).toEqual(['old→n2 name']);
  });
});

describe('whatever is known of people', () => {
  const told = fc.record({
    name: fc.constantFrom('anna', 'boris', 'petrova vera ilinichna'),
    born: fc.constantFrom<(string | null)[]>(null, BORN, '2014-02-02'),
    role: fc.constantFrom<Role[]>('student', 'teacher'),
    vk: fc.option(fc.integer({ min: 1, max: 4 })),
    units: fc.subarray(['5A', '5B']),
    kin: fc.subarray(['eve', 'mia']),
  });
  const people = (prefix: string) =>
    fc.array(told, { maxLength: 6 }).map((all) =>
      all.map(
        ({ name, born, role, vk, units, kin }, at): NamedPerson => ({
          ...{ id: `${prefix}${at}`, nameKey: name, birthDate: born, roles: [role], vkUserId: vk },
          ...{ units: new Set(units), kin: new Set(kin) },
        }),
      ),
    );
  const words = fc.array(
    fc.record({
      oldAt: fc.nat(5),
      newAt: fc.nat(5),
      word: fc.constantFrom<('open' | 'other')[]>('open', 'other'),
    }),
    { maxLength: 4 },
  );
  const scene = fc.record({ gone: people('o'), come: people('n'), words }).map(({ words, ...lists }) => ({
    ...lists,
    said: new Map(
      [...Map.groupBy(words, ({ newAt }) => `n${newAt}`)].map(([id, own]) => [
        id,
        new Map(own.map(({ oldAt, word }) => [`o${oldAt}`, word])),
      ]),
    ),
  }));

  it('a name alone is in doubt, and is asked about only where neither of the two has a pair with more', () => {
    fc.assert(
      fc.property(scene, ({ gone, come, said }) => {
        const pairs = matchPeople(gone, come, said);
        const byName = pairs.filter(({ doubt }) => doubt === 'name');
        expect(byName).toEqual(pairs.filter(({ evidence }) => evidence.length === 0));
        for (const { oldId, newId } of byName) {
          const others = pairs.filter((pair) => pair.oldId === oldId || pair.newId === newId);
          expect(others.every(({ doubt }) => doubt === 'name')).toBe(true);
        }
      }),
    );
  });

  it('what is known of nobody but the name makes a question of everybody who may be meant', () => {
    const nothing = { birthDate: null, vkUserId: null, units: new Set<string>(), kin: new Set<string>() };
    const asPupils = (all: readonly NamedPerson[]) =>
      all.map((one): NamedPerson => ({ ...one, ...nothing, roles: ['student'] }));
    fc.assert(
      fc.property(scene, ({ gone, come }) => {
        const pairs = matchPeople(asPupils(gone), asPupils(come));
        const asked = new Set(pairs.map(({ oldId }) => oldId));
        const names = new Set(come.map(({ nameKey }) => nameKey));
        expect([...asked].sort()).toEqual(
          gone.filter(({ nameKey }) => names.has(nameKey)).map(({ id }) => id),
        );
      }),
    );
  });

  it('a pair that was refused is never there, and a question that is open stays', () => {
    fc.assert(
      fc.property(scene, ({ gone, come, said }) => {
        const pairs = matchPeople(gone, come, said);
        for (const { oldId, newId } of pairs) expect(said.get(newId)?.get(oldId)).not.toBe('other');
        const open = new Map(pairs.map(({ oldId, newId }) => [newId, new Map([[oldId, 'open' as const]])]));
        const kept = pairs.filter(({ doubt }) => doubt === 'name').slice(0, 1);
        for (const { oldId, newId } of kept) {
          const alone = [
            gone.filter(({ id }) => id === oldId),
            come.filter(({ id }) => id === newId),
          ] as const;
          expect(matchPeople(...alone, open)).toEqual(kept);
        }
      }),
    );
  });
});
