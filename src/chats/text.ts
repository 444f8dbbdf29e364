/** Titles in the natural Russian order, and what people type into filters (B4). The folding rule is `nameKey`'s. */
import { nameKey } from '../roster/name-key.ts';

/** Between the part of a title key that orders and the part that is searched; below every other character. */
const KEY_SEPARATOR = '\t';
/** Longer numbers do not occur in titles; they would still sort, only not by value. */
const NUMBER_DIGITS = 8;

/** Any text → the form in which two texts are compared. */
export const searchFold = nameKey;

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
