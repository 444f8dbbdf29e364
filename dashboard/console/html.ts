import { html } from 'hono/html';

/** A piece of a page, escaped already. */
export type Html = ReturnType<typeof html>;
/** What may stand in a page. Text is escaped where it is put in. */
export type Content = Html | string | number;

export { html };

/** An empty piece, where a template needs one. */
export const NOTHING: Html = html``;
