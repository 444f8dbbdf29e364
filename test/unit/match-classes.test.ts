/** K4: which class that has ended comes back as which new one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMON_AT_LEAST, matchClasses, shareOf } from '../../src/matching/match-classes.ts';

const classesOf = (table: Record<string, string>) =>
  Object.entries(table).map(([id, pupils]) => ({ id, pupils: new Set(pupils) }));
const matched = (old: Record<string, string>, fresh: Record<string, string>) =>
  matchClasses(classesOf(old), classesOf(fresh)).map(
    ({ oldId, newId, common }) => `${oldId}→${newId} ${common}`,
  );

describe('matching classes by their common pupils', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    ['the same pupils', { a: 'abcd' }, { x: 'abcd' }, ['a→x 4']],
    ['most of them, and a newcomer', { a: 'abcd' }, { x: 'abce' }, ['a→x 3']],
    ['half of the bigger one', { a: 'abcd' }, { x: 'abef' }, ['a→x 2']],
    ['less than half of the bigger one', { a: 'abcd' }, { x: 'aefg' }, []],
    ['a few of a big class', { a: 'ab' }, { x: 'abcdef' }, []],
    ['nobody in common', { a: 'ab' }, { x: 'cd' }, []],
    ['a whole year', { a: 'abcd', b: 'efgh' }, { x: 'abce', y: 'dfgh' }, ['a→x 3', 'b→y 3']],
    ['split evenly', { a: 'abcd' }, { x: 'ab', y: 'cd' }, []],
    ['split, with a bigger part', { a: 'abcde' }, { x: 'abc', y: 'de' }, ['a→x 3']],
    ['merged evenly', { a: 'ab', b: 'cd' }, { x: 'abcd' }, []],
    ['two new classes with the same pupils', { a: 'abcd' }, { x: 'abcd', y: 'abcd' }, []],
    ['empty classes', { a: '' }, { x: '' }, []],
  ])('%s', (_, old, fresh, expected) => {
    expect(matched(old, fresh)).toEqual(expected);
  });

  const some = fc.dictionary(
    fc.constantFrom(...'abcdef'),
    fc.string({ unit: fc.constantFrom(...'123456789') }),
    {
      maxKeys: 5,
    },
  );

  it('is one to one, names only pairs with enough in common, and knows no order and no direction', () => {
    fc.assert(
      fc.property(some, some, (old, fresh) => {
        const pairs = matchClasses(classesOf(old), classesOf(fresh));
        expect(new Set(pairs.map(({ oldId }) => oldId)).size).toBe(pairs.length);
        expect(new Set(pairs.map(({ newId }) => newId)).size).toBe(pairs.length);
        for (const pair of pairs) expect(shareOf(pair)).toBeGreaterThanOrEqual(COMMON_AT_LEAST);
        expect(matchClasses(classesOf(old).reverse(), classesOf(fresh).reverse())).toEqual(pairs);
        const back = matchClasses(classesOf(fresh), classesOf(old));
        expect(new Set(back.map(({ oldId, newId }) => `${newId} ${oldId}`))).toEqual(
          new Set(pairs.map(({ oldId, newId }) => `${oldId} ${newId}`)),
        );
      }),
    );
  });
});
