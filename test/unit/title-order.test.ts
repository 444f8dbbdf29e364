import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchFold, titleKey, wordPrefix } from '../../src/text/title-key.ts';

const byKey = (titles: string[]) =>
  titles
    .map((title) => ({ title, key: titleKey(title) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ title }) => title);

describe('B4: titles', () => {
  test('sort naturally: numbers by value, ё as е, case ignored', () => {
    const sorted = [
      '1 доп',
      '5А класс',
      '5А родители',
      '5А/География',
      '5Б класс',
      '10А (П)',
      '11А класс',
      'ёлка',
      'Жук',
    ];
    expect(byKey([...sorted].reverse())).toEqual(sorted);
  });

  test('compare numbers by value wherever they stand, leading zeros or not', () => {
    const number = fc.integer({ min: 0, max: 99_999_999 });
    fc.assert(
      fc.property(number, number, fc.constantFrom('', 'А', 'Гр. '), (a, b, prefix) => {
        fc.pre(a < b);
        expect(byKey([`${prefix}${b}б`, `${prefix}0${a}а`])).toEqual([`${prefix}0${a}а`, `${prefix}${b}б`]);
      }),
    );
  });

  test('match whatever alphabet a look-alike letter is typed in', () => {
    expect(searchFold('10A KЛАCC')).toBe(searchFold('10а класс'));
    expect(searchFold('Ёлка')).toBe(searchFold('елка'));
    expect(searchFold('  два   пробела ')).toBe('два пробела');
  });

  test('are found by the part behind the order, digits as typed', () => {
    expect(titleKey('05А класс').split('\t')).toEqual(['00000005а класс', '05а класс']);
  });

  test('a double surname is found by either part', () => {
    const key = ` ${searchFold('Петрова-Водкина Анна').replaceAll('-', ' ')}`;
    for (const typed of ['петр', 'Водк', 'петрова-вод', 'анна']) expect(key).toContain(wordPrefix(typed));
    expect(key).not.toContain(wordPrefix('кина'));
  });
});
