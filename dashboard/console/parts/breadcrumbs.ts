import { type Html, html } from '../html.ts';

export interface Crumb {
  label: string;
  href: string;
}

/** The way up; the page itself is its heading and not repeated. */
export function breadcrumbs(crumbs: readonly Crumb[]): Html {
  return html`<nav class="crumbs" aria-label="Путь"><ol>${crumbs.map(
    ({ label, href }) => html`<li><a href="${href}">${label}</a></li>`,
  )}</ol></nav>`;
}
