import { type Content, type Html, html } from '../html.ts';

export interface DialogParts {
  /** What `data-opens` of a link or button names. */
  id: string;
  title: string;
  body: Content;
  /** Buttons; «Отмена» is added. */
  actions: Content;
}

/** A native modal dialog. Opened by script; whatever opens it links to a page that asks the same without one. */
export function dialog({ id, title, body, actions }: DialogParts): Html {
  return html`<dialog id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><div class="dialog-body">${body}</div>
<div class="actions">${actions}<button type="button" class="button plain" data-closes>Отмена</button></div></dialog>`;
}
