import { type Html, html } from '../html.ts';

interface EarlierParts {
  /** True on the page of the newest rows. */
  isFirst: boolean;
  first: string;
  /** The page of the rows before these. Null where there are none. */
  next: string | null;
  /** The words of both links. Default: of rows that go back in time. */
  words?: { first: string; next: string };
}

const BACK = { first: 'К новым', next: 'Более ранние' };

/** Leads to older rows and back. These rows are never counted, because the cost would grow with all there ever were. */
export function earlier({ isFirst, first, next, words = BACK }: EarlierParts): Html {
  if (isFirst && next === null) return html``;
  return html`<div class="pager"><nav aria-label="Страницы"><ul>${isFirst ? '' : html`<li><a href="${first}">${words.first}</a></li>`}${
    next === null ? '' : html`<li><a href="${next}" rel="next">${words.next}</a></li>`
  }</ul></nav></div>`;
}
