import { type Html, html } from '../html.ts';
import { hiddenField } from './field.ts';
import { icon } from './icon.ts';

export const SEARCH_PATH = '/search';

/**
 * The search of the whole school, in the header. «/» and Ctrl K lead into it (console.js). The words travel in the
 * form's body, because they may be a surname (sought.ts). On a phone a link stands for it.
 */
export function searchBox(): Html {
  return html`<form method="post" action="/find" class="seek" role="search" aria-label="Поиск по школе">${hiddenField('find-at', SEARCH_PATH)}${icon('search')}<input type="search" name="text" aria-label="Найти человека, чат или класс" placeholder="Человек, чат, класс" maxlength="200" autocomplete="off" enterkeyhint="search" aria-keyshortcuts="/ Control+K" data-seek><kbd aria-hidden="true">/</kbd></form>
<a class="seek-link" href="${SEARCH_PATH}">${icon('search')}<span class="unseen">Поиск</span></a>`;
}
