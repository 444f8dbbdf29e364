/**
 * One folding rule for search and order (B4): letters' case is ignored, ё is е, and a Latin letter that looks
 * like a Cyrillic one is that one. It is applied to stored keys and to what people type, so both meet.
 */

/** Latin letters beside the Cyrillic ones that look like them, in either case. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'а',
  b: 'в',
  c: 'с',
  e: 'е',
  h: 'н',
  k: 'к',
  m: 'м',
  o: 'о',
  p: 'р',
  t: 'т',
  x: 'х',
  y: 'у',
  ё: 'е',
};

/** Between the part of a title key that orders and the part that is searched; below every other character. */
const KEY_SEPARATOR = '\t';
/** Longer numbers do not occur in titles; they would still sort, only not by value. */
const NUMBER_DIGITS = 8;

/** Any text → the form in which two texts are compared: folded, one space between words, none around. */
export function searchFold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[abcehkmoptxyё]/g, (letter) => LOOK_ALIKES[letter]!)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
}

/**
 * A chat's title → `chat.title_key`: its plain code-point order is the natural Russian one (numbers by value:
 * 5А before 10А), and its second part, `searchFold(title)`, is what a title filter looks into.
 */
export function titleKey(title: string): string {
  const folded = searchFold(title);
  const ordered = folded.replace(/\d+/g, (digits) =>
    digits.replace(/^0+(?=\d)/, '').padStart(NUMBER_DIGITS, '0'),
  );
  return `${ordered}${KEY_SEPARATOR}${folded}`;
}

/** What a surname filter looks for in a name key: a prefix of any word; the parts of a double name are words. */
export function wordPrefix(text: string): string {
  return ` ${searchFold(text.replaceAll('-', ' '))}`;
}
