import { type Html, html } from '../html.ts';
import { count } from './numbers.ts';
import { pageNumbers } from './pager.ts';

export interface SubmitPagerParts {
  /** Counted from 1. */
  page: number;
  perPage: number;
  total: number;
  /** The name of the buttons. Their value is `page:<n>`. */
  name: string;
  /** Needed where a page has two pagers. */
  label?: string;
}

/** The pager of a form. What is ticked on this page is sent along, so that the selection survives (C2, C3). */
export function submitPager({ page, perPage, total, name, label = 'Страницы' }: SubmitPagerParts): Html {
  const last = Math.max(1, Math.ceil(total / perPage));
  const first = Math.min((page - 1) * perPage + 1, total);
  const range = html`<p class="range">${count(first)}–${count(Math.min(page * perPage, total))} из ${count(total)}</p>`;
  if (last === 1) return total > 0 ? html`<div class="pager">${range}</div>` : html``;
  return html`<div class="pager"><nav aria-label="${label}"><ul>${pageNumbers(page, last).map((n) =>
    n === null
      ? html`<li><span class="gap">...</span></li>`
      : html`<li><button type="submit" name="${name}" value="page:${n}" aria-label="Страница ${n}"${
          n === page ? html` aria-current="page"` : ''
        }>${n}</button></li>`,
  )}</ul></nav>${range}</div>`;
}
