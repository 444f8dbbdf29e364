/** Latin letters that look like Cyrillic ones, small or capital (B is В, and so b counts as в). */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'а',
  b: 'в',
  c: 'с',
  h: 'н',
  k: 'к',
  m: 'м',
  o: 'о',
  p: 'р',
  t: 'т',
  x: 'х',
  y: 'у',
};

/** What makes е ё. */
const DIAERESIS = '\u0308';

/**
 * Folds a name or title for search (B4): lower case, ё as е, look-alike Latin letters as Cyrillic, spaces
 * collapsed. Both the stored text and what is asked for are folded; folding again changes nothing.
 */
export function nameKey(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[eе]\p{M}*/gu, (letter) => `е${letter.slice(1).replaceAll(DIAERESIS, '')}`)
    .replace(/[abchkmoptxy]/g, (letter) => LOOK_ALIKES[letter]!)
    .normalize('NFKC')
    .replace(/\s+/gu, ' ')
    .trim();
}
