import { sure } from '../sure.ts';

/**
 * Letters that look alike, small or capital, each with the one that stands for all of them. B is В, and so b counts as
 * в. They are Latin letters, and those of the peoples of Russia that a Russian layout lacks. A letter that looks like
 * two joins them: h is н as a capital and һ as a small one. Test: the migration of stored keys says the same
 * (roster-name-key.test.ts).
 */
export const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ a: 'а', b: 'в', c: 'с', h: 'н', k: 'к', m: 'м', o: 'о', p: 'р', t: 'т', x: 'х', y: 'у' },
  ...{ s: 'ѕ', j: 'ј', һ: 'н', ң: 'н', ҥ: 'н', ӈ: 'н', ү: 'у', ө: 'о', ɵ: 'о', ə: 'ә', ǝ: 'ә', æ: 'ӕ' },
  // The palochka of the Caucasus, and what it is typed with.
  ...{ i: 'і', ı: 'і', l: 'і', ӏ: 'і', '|': 'і' },
  ...{ '’': "'", '‘': "'", ʼ: "'", ʻ: "'", ʹ: "'", '′': "'", '‛': "'", '`': "'", '´': "'" },
};
const LOOKS_ALIKE = new RegExp(`[${Object.keys(LOOK_ALIKES).join('')}]`, 'gu');

/** What nearly all names are made of. Of these letters only ё is folded, which takes a third of the time. */
const PLAIN = /^[А-яЁё -]*$/;

/** The mark that makes е into ё. */
const DIAERESIS = '\u0308';
/** The mark that a small İ has. Over an i it is not seen. */
const DOT = '\u0307';
const CEDILLA = '\u0327';

/**
 * Folds a name or title for search (B4): lower case, ё as е, letters and apostrophes that look alike as one, spaces
 * collapsed. Both the stored text and what is asked for are folded; folding again changes nothing.
 */
export function nameKey(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase().replaceAll('ё', 'е').replace(/ +/g, ' ').trim();
  return text
    .normalize('NFC')
    .replaceAll('´', "'")
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[eе]\p{M}*/gu, (letter) => `е${letter.slice(1).replaceAll(DIAERESIS, '')}`)
    .replaceAll('ҫ', `с${CEDILLA}`)
    .replace(LOOKS_ALIKE, (letter) => sure(LOOK_ALIKES[letter]))
    .replaceAll(`і${DOT}`, 'і')
    .normalize('NFKC')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Folds a person's whole name in the order in which people search: family name, given name, middle name. */
export function personNameKey(person: {
  familyName: string;
  givenName: string;
  middleName?: string | null | undefined;
}): string {
  return nameKey(`${person.familyName} ${person.givenName} ${person.middleName ?? ''}`);
}
