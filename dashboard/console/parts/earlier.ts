import { type Html, html } from '../html.ts';

export interface EarlierParts {
  /** True on the page of the newest rows. */
  isFirst: boolean;
  first: string;
  /** The page of the rows before these; null: there are none. */
  next: string | null;
}

/** Leads on through rows that are never counted, because that would cost by all there ever were: older, and back. */
export function earlier({ isFirst, first, next }: EarlierParts): Html {
  if (isFirst && next === null) return html``;
  return html`<div class="pager"><nav aria-label="Страницы"><ul>${isFirst ? '' : html`<li><a href="${first}">К новым</a></li>`}${
    next === null ? '' : html`<li><a href="${next}" rel="next">Более ранние</a></li>`
  }</ul></nav></div>`;
}
