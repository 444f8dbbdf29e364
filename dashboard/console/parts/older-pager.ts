import { type Html, html } from '../html.ts';

export interface OlderPagerParts {
  /** The first page; undefined where it is shown already. */
  newest: string | undefined;
  /** The next page; undefined on the last one. */
  older: string | undefined;
}

/**
 * Pages of a list that grows at its head, newest first. Each page begins after a row, so that new rows move nothing,
 * and a page costs the same however far back it is.
 */
export function olderPager({ newest, older }: OlderPagerParts): Html {
  if (newest === undefined && older === undefined) return html``;
  const link = (href: string | undefined, label: string) =>
    href === undefined ? '' : html`<li><a href="${href}">${label}</a></li>`;
  return html`<div class="pager"><nav aria-label="Страницы"><ul>${link(newest, 'К новым')}${link(older, 'Более ранние')}</ul></nav></div>`;
}
