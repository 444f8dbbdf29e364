/**
 * Carries the name that is searched for. The name travels in a form's body, and afterwards sealed in the address, as
 * `sought`, because proxies log addresses. So pages of a search, the back button and a reload are plain links and
 * work without script. A name that somebody types into an address by hand is understood too.
 */

import type { ConsoleParts } from './console-parts.ts';
import { localPath } from './entry/local-path.ts';
import { fieldsOf } from './form.ts';
import { type Content, type Html, html } from './html.ts';
import { type ConsoleContext, goTo } from './page.ts';
import { hiddenField } from './parts/field.ts';
import { hrefOf } from './parts/links.ts';
import { STAFF } from './visitor.ts';

/** The field with the page to return to. No field of a search has this name. */
const PATH = 'find-at';

type Query = Record<string, string | undefined>;
/** The names that fields of search have: for people, and in a plan for people or chats. */
type NameField = 'lastName' | 'text';
const NAME_FIELDS: readonly NameField[] = ['lastName', 'text'];

/**
 * Gives an address's query, or a form's fields, with the name opened and sealed. Links carry `sought`, never the
 * name.
 */
export function withSought(c: ConsoleContext, given: Query, field: NameField = 'lastName'): Query {
  const names = c.get('frame').sought;
  const typed = given[field];
  const opened = typed === undefined ? names.open(given.sought) : undefined;
  return {
    ...given,
    [field]: typed ?? opened,
    sought: opened === undefined ? names.seal(typed) : given.sought,
  };
}

/** Makes a form that searches at `path`, a page of ours. */
export function findForm(path: string, label: string, fields: Content): Html {
  return html`<form method="post" action="/find" class="filters" role="search" aria-label="${label}">${hiddenField(PATH, path)}${fields}</form>`;
}

/** Takes what forms of search send and leads to the address of what they look for. */
export function findRoutes({ screens }: ConsoleParts): void {
  screens.post('/find', STAFF, async (c) => {
    const body = await fieldsOf(c);
    const texts = Object.entries(body).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
    const { [PATH]: to, ...given } = Object.fromEntries(texts);
    const name = NAME_FIELDS.find((field) => field in given);
    const { lastName: _, text: __, do: ___, ...query } = name ? withSought(c, given, name) : given;
    const [path = '/', place] = localPath(to).split('#');
    return goTo(c, `${hrefOf(withoutQuery(path), query)}${place === undefined ? '' : `#${place}`}`);
  });
}

const withoutQuery = (path: string) => path.replace(/\?.*$/, '');
