import { Refusal } from '../refusal.ts';
import { cleanText } from '../text/clean-text.ts';
import { count } from '../text/numbers.ts';

/** Code points of a chat's name, once cleaned. */
export const TITLE_MAX_CHARS = 200;

/** Cleans a name that a person typed. Throws Refusal(422) `title-invalid`. */
export function chatTitle(typed: string): string {
  const title = cleanText(typed);
  if (title === '') throw new Refusal(422, 'title-invalid', 'Укажите наименование чата');
  if ([...title].length > TITLE_MAX_CHARS) {
    throw new Refusal(422, 'title-invalid', `Наименование чата длиннее ${count(TITLE_MAX_CHARS)} символов`);
  }
  return title;
}
