import { type Html, html } from '../html.ts';

/** A person's name that leads to their page. It is for people whom the visitor sees. */
export function personLink({ id, name }: { id: string; name: string }): Html {
  return html`<a class="name" href="/people/${encodeURIComponent(id)}"><bdi>${name}</bdi></a>`;
}
