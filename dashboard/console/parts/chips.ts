import { type Html, html } from '../html.ts';
import { count } from './numbers.ts';

interface Chip {
  label: string;
  href: string;
  current: boolean;
  /** How many rows it leaves. */
  count?: number | undefined;
}

/** Filters of one click each. They are links, so that an address says what is shown. */
export function chips(label: string, items: readonly Chip[]): Html {
  return html`<nav class="chips" aria-label="${label}"><ul>${items.map(
    (chip) =>
      html`<li><a href="${chip.href}"${chip.current ? html` aria-current="true"` : ''}>${chip.label}${
        chip.count === undefined ? '' : html` <b>${count(chip.count)}</b>`
      }</a></li>`,
  )}</ul></nav>`;
}
