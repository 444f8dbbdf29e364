import { type Content, type Html, html } from '../html.ts';

interface DialogParts {
  /** The id that `data-opens` of a link or button names. */
  id: string;
  title: string;
  body: Content;
  /** The buttons, to which «Отмена» is added. */
  actions: Content;
}

/**
 * A native modal dialog, opened by script. The link that opens it leads to a page that asks the same without script.
 */
export function dialog({ id, title, body, actions }: DialogParts): Html {
  return html`<dialog id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><div class="dialog-body">${body}</div>
<div class="actions">${actions}<button type="button" class="button plain" data-closes>Отмена</button></div></dialog>`;
}
