import { type Html, html } from '../html.ts';

export interface Crumb {
  label: string;
  href: string;
}

/** The way up. The page itself is left out, because its heading names it. */
export function breadcrumbs(crumbs: readonly Crumb[]): Html {
  return html`<nav class="crumbs" aria-label="Путь"><ol>${crumbs.map(
    ({ label, href }) => html`<li><a href="${href}">${label}</a></li>`,
  )}</ol></nav>`;
}
