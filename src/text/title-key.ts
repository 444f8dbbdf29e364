/**
 * Puts titles into the natural Russian order, and reads what people type into filters (B4). The folding rule is that
 * of `nameKey`.
 */
import { nameKey } from './name-key.ts';

/**
 * Stands between the part of a title key that orders and the part that is searched. It is below every other
 * character.
 */
const KEY_SEPARATOR = '\t';
/** Longer numbers do not occur in titles. They would still sort, only not by value. */
const NUMBER_DIGITS = 8;

/** Gives the form in which two texts are compared. */
export const searchFold = nameKey;

/**
 * Gives `chat.title_key` of a title. Its plain code-point order is the natural Russian one (numbers by value: 5А
 * before 10А). A title filter looks into its second part, `searchFold(title)`.
 */
export function titleKey(title: string): string {
  const folded = searchFold(title);
  const ordered = folded.replace(/\d+/g, (digits) =>
    digits.replace(/^0+(?=\d)/, '').padStart(NUMBER_DIGITS, '0'),
  );
  return `${ordered}${KEY_SEPARATOR}${folded}`;
}

/** Gives what a surname filter looks for in a name key: a prefix of any word. The parts of a double name are words. */
export function wordPrefix(text: string): string {
  return ` ${searchFold(text.replaceAll('-', ' '))}`;
}

/**
 * Whether somebody has typed this very title to confirm something. Capital and small letters count as different.
 * Letters that look alike, marks that are not seen and the number of spaces do not, because nobody could tell what to
 * type.
 */
export function isTypedAs(typed: string, title: string): boolean {
  const seen = (text: string) =>
    text
      .normalize('NFC')
      .replace(/\p{Cf}/gu, '')
      .replace(/\s+/gu, ' ')
      .trim();
  const capitals = (text: string) =>
    [...text].map((letter) => (letter === letter.toLowerCase() ? 'a' : 'A')).join('');
  const [one, other] = [seen(typed), seen(title)];
  return searchFold(one) === searchFold(other) && capitals(one) === capitals(other);
}
