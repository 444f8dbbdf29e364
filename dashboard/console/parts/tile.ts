import { type Html, html } from '../html.ts';

/** A figure on a sheet of its own: its heading, the figure, and what belongs to it. */
export const tile = (title: string, value: string, about: string): Html =>
  html`<div class="sheet figure"><h2>${title}</h2><b>${value}</b>${about}</div>`;
