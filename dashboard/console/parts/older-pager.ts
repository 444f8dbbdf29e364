import { type Html, html } from '../html.ts';

export interface OlderPagerParts {
  /** The words of both links. Default: of a list that goes back in time. */
  words?: { first: string; next: string };
  /** The first page; undefined where it is shown already. */
  newest: string | undefined;
  /** The next page; undefined on the last one. */
  older: string | undefined;
}

const BACK = { first: 'К новым', next: 'Более ранние' };

/**
 * Pages of a list that grows at its head, newest first. Each page begins after a row, so that new rows move nothing,
 * and a page costs the same however far back it is.
 */
export function olderPager({ newest, older, words = BACK }: OlderPagerParts): Html {
  if (newest === undefined && older === undefined) return html``;
  const link = (href: string | undefined, label: string) =>
    href === undefined ? '' : html`<li><a href="${href}">${label}</a></li>`;
  return html`<div class="pager"><nav aria-label="Страницы"><ul>${link(newest, words.first)}${link(older, words.next)}</ul></nav></div>`;
}
