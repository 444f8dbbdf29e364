import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FOLDED_SINCE } from '../../migrations/0033-look-alikes.ts';
import { LOOK_ALIKES, nameKey } from '../../src/text/name-key.ts';

const marked = fc.string({ unit: fc.constantFrom(...'aeoyкеиуЁ Y\u0306\u0308\u0301\u0323\u00a0ﬁİß') });
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), marked);

describe('nameKey (B4)', () => {
  test.each([
    ['Ёлкина  Алёна', 'елкина алена'],
    ['5A', '5а'],
    ['COPOKИН', 'сорокин'],
    ['Bеселов', 'веселов'],
    ['Ко\u0308лер', 'ко\u0308лер'.normalize('NFKC')],
    ['Че\u0308рный', 'черный'],
    [' 10А\u00a0(П) ', '10а (п)'],
  ])('«%s» is found as «%s»', (from, to) => {
    expect(nameKey(from)).toBe(to);
  });

  test('folding again changes nothing', () => {
    fc.assert(
      fc.property(text, (name) => {
        expect(nameKey(nameKey(name))).toBe(nameKey(name));
      }),
      { numRuns: 2000 },
    );
  });

  test('a name of plain letters alone, which is folded the short way, is folded as beside others', () => {
    const letter = fc.constantFrom(...'АБВЕЁЙЪЯабвеёйъя -').map(String);
    fc.assert(
      fc.property(fc.array(letter), (letters) => {
        const name = letters.join('');
        expect(`${nameKey(name)} 1`.trim()).toBe(nameKey(`${name} 1`));
      }),
      { numRuns: 2000 },
    );
  });

  test('case, ё and look-alike letters never matter', () => {
    const twins = [...'АВСЕНКМОРТХУ'].map((letter, at) => [letter, 'ABCEHKMOPTXY'[at]!] as const);
    const letter = fc.constantFrom(...'АВСЕНКМОРТХУЁёабвгдйщюя -').map(String);
    fc.assert(
      fc.property(fc.array(letter), (letters) => {
        const cyrillic = letters.join('');
        const latin = letters.map((of) => twins.find(([from]) => from === of)?.[1] ?? of).join('');
        expect(nameKey(latin)).toBe(nameKey(cyrillic));
        expect(nameKey(cyrillic.toUpperCase())).toBe(nameKey(cyrillic));
        expect(nameKey(cyrillic.replaceAll('ё', 'е').replaceAll('Ё', 'Е'))).toBe(nameKey(cyrillic));
      }),
    );
  });

  // Each letter, and what people type for it on a keyboard that lacks it.
  const LAYOUTS = ['һhнН', 'әəӘƏ', 'ӀIlіiІ|ӏ', 'үyуҮ', 'өoоӨɵ', 'ҥнңҤ', 'ӕæӔ', "'’ʼ‘`´"];

  test('a name typed on any layout that looks the same finds the person', () => {
    const letter = fc.oneof(
      fc
        .constantFrom(...LAYOUTS)
        .chain((alike) => fc.tuple(fc.constantFrom(...alike), fc.constantFrom(...alike))),
      fc.constantFrom(...'абвгдйщюя -').map((one) => [one, one] as [string, string]),
    );
    fc.assert(
      fc.property(fc.array(letter), (letters) => {
        const [stored, typed] = [0, 1].map((at) => letters.map((of) => of[at]).join(''));
        expect(nameKey(typed!)).toBe(nameKey(stored!));
        expect(nameKey(typed!.normalize('NFD'))).toBe(nameKey(stored!));
      }),
    );
  });

  test('stored keys are computed anew as names are folded now', () => {
    const before = 'abchkmoptxy';
    const { from, to } = FOLDED_SINCE;
    const pairs = [...from].map((letter, at) => [letter, [...to][at]]);
    const now = Object.entries(LOOK_ALIKES).filter(([letter]) => !before.includes(letter) && letter !== '´');
    expect(new Map(pairs as [string, string][])).toEqual(new Map(now));
  });

  test('й is not и', () => {
    expect(nameKey('Йод')).not.toBe(nameKey('Иод'));
  });
});
