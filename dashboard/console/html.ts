import { html } from 'hono/html';

/** A piece of a page, escaped already. */
export type Html = ReturnType<typeof html>;
/** What may stand in a page: text is escaped where it is put in. */
export type Content = Html | string | number;

export { html };

/** Nothing, where a template needs something. */
export const NOTHING: Html = html``;
