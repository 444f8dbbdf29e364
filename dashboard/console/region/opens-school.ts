import { type Content, type Html, html } from '../html.ts';
import { hrefOf } from '../parts/links.ts';

/** The id of the form that opens a school. A page whose buttons open schools has it once, empty. */
export const OPEN_SCHOOL = 'open-school';

/**
 * A button that looks like a link. Choosing a school changes the session, so it is sent as a form and not followed.
 * `at` is one of the school's pages, and what the page is.
 */
export function opensSchool(
  { id, name }: { id: string; name: string },
  label: Content,
  at?: { to: string; says: string },
): Html {
  const action = at
    ? html` formaction="${hrefOf('/schools', { to: at.to })}" aria-label="${name}, ${at.says}"`
    : '';
  return html`<button type="submit" class="as-link" form="${OPEN_SCHOOL}" name="school" value="${id}"${action}>${label}</button>`;
}
