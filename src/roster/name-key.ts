/** Latin letters that look like Cyrillic ones, small or capital (B is В, and so b counts as в). */
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
  ë: 'е',
  ё: 'е',
};

/**
 * Folds a name or title for search (B4): lower case, ё as е, look-alike Latin letters as Cyrillic, spaces
 * collapsed. Both the stored text and what is asked for are folded; folding again changes nothing.
 */
export function nameKey(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[abcehkmoptxyëё]/g, (letter) => LOOK_ALIKES[letter]!)
    .replace(/\s+/gu, ' ')
    .trim();
}
