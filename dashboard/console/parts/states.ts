import { type Content, type Html, html } from '../html.ts';

interface NoticeParts {
  kind: 'info' | 'good' | 'warn' | 'bad';
  title: string;
  text?: Content;
  /** Links and buttons that do something about it. */
  actions?: Content;
}

/** Something that a person needs to know before the rest of the page. */
export function notice({ kind, title, text, actions }: NoticeParts): Html {
  return html`<div class="notice ${kind}"${kind === 'bad' ? html` role="alert"` : ''}><div><strong>${title}</strong>${
    text === undefined ? '' : html`<p>${text}</p>`
  }</div>${actions === undefined ? '' : html`<div class="actions">${actions}</div>`}</div>`;
}

/** Shown in place of a list without rows: why it is empty, and what to do. */
export function emptyState({
  title,
  text,
  actions,
}: {
  title: string;
  text?: Content;
  actions?: Content;
}): Html {
  return html`<div class="sheet empty"><h2>${title}</h2>${text === undefined ? '' : html`<p>${text}</p>`}${
    actions === undefined ? '' : html`<div class="actions">${actions}</div>`
  }</div>`;
}
