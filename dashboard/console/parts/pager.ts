import { type Html, html } from '../html.ts';
import { count } from './numbers.ts';

/** Which page of a list is shown. */
export interface Paged {
  /** Counted from 1. */
  page: number;
  perPage: number;
  total: number;
  /** Needed where a page has two pagers. */
  label?: string;
}

interface PagerParts extends Paged {
  href: (page: number) => string;
}

/** How many pages are named on either side of the current one. */
const NEIGHBOURS = 2;

/** The pager of a list whose pages are links. */
export function pager({ href, ...paged }: PagerParts): Html {
  return pagerOf(
    paged,
    (n, isCurrent) =>
      html`<a href="${href(n)}"${isCurrent ? html` aria-current="page"` : ''} aria-label="Страница ${n}">${n}</a>`,
  );
}

/**
 * Shows 1 2 … with «...» for pages that are left out (B2), and which rows these are. Nothing is shown where all rows
 * fit on one page.
 */
export function pagerOf(
  { page, perPage, total, label = 'Страницы' }: Paged,
  item: (page: number, isCurrent: boolean) => Html,
): Html {
  const last = Math.max(1, Math.ceil(total / perPage));
  const first = Math.min((page - 1) * perPage + 1, total);
  const range = html`<p class="range">${count(first)}–${count(Math.min(page * perPage, total))} из ${count(total)}</p>`;
  if (last === 1) return total > 0 ? html`<div class="pager">${range}</div>` : html``;
  return html`<div class="pager"><nav aria-label="${label}"><ul>${pageNumbers(page, last).map(
    (n) => html`<li>${n === null ? html`<span class="gap">...</span>` : item(n, n === page)}</li>`,
  )}</ul></nav>${range}</div>`;
}

/** Gives the first page, the last one and those around the current one; null stands for pages that are left out. */
function pageNumbers(page: number, last: number): (number | null)[] {
  const shown = new Set([1, last]);
  for (let n = page - NEIGHBOURS; n <= page + NEIGHBOURS; n++) if (n >= 1 && n <= last) shown.add(n);
  // As many pages are named at the ends as in the middle, so that links keep their places.
  for (let n = 1; shown.size < 2 * NEIGHBOURS + 3 && n <= last; n++)
    shown.add(page <= last / 2 ? n : last + 1 - n);
  const sorted = [...shown].sort((a, b) => a - b);
  return sorted.flatMap((n, i) => {
    const before = sorted[i - 1];
    if (before === undefined || n === before + 1) return [n];
    return n === before + 2 ? [n - 1, n] : [null, n];
  });
}
