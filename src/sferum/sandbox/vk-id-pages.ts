import { html } from 'hono/html';
import type { Person } from './accounts.ts';
import { page } from './pages.ts';

export type AuthorizeRequest = {
  clientId: string;
  redirectUri: string;
  state: string;
  challenge: string;
  scope: string;
};

const MAX_LISTED_PEOPLE = 100;

/** The page on which a person chooses whom to be, out of the named people or by number, and consents. */
export function consentPage(request: AuthorizeRequest, people: Iterable<Person>) {
  const listed = Iterator.from(people)
    .filter((person) => person.status === undefined && person.lastName !== undefined)
    .take(MAX_LISTED_PEOPLE)
    .toArray();
  const hidden = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    state: request.state,
    code_challenge: request.challenge,
    code_challenge_method: 'S256',
    scope: request.scope,
  };
  return page(
    'Вход через VK ID',
    html`<p>Приложение «${request.clientId}» узнает ваш идентификатор VK.</p>
<form method="post" action="/authorize">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${
  listed.length === 0
    ? ''
    : html`<fieldset><legend>Кто вы</legend>${listed.map(
        (person) => html`<label><input type="radio" name="person" value="${person.id}">
 ${person.lastName} ${person.firstName ?? ''} (${person.id})</label>`,
      )}</fieldset>`
}
<label>Идентификатор VK <input type="text" name="user_id" inputmode="numeric" pattern="[0-9]{1,16}"></label>
<button name="decision" value="allow">Разрешить</button>
<button name="decision" value="refuse">Отказаться</button>
</form>`,
  );
}

/** Says in the browser why the consent came to nothing. */
export const refusalPage = (reason: string) => page('Вход не удался', html`<p>${reason}</p>`);
