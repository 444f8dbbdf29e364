import { type Html, html, NOTHING } from './html.ts';
import type { Section } from './navigation.ts';
import { linkButton } from './parts/button.ts';
import { moment } from './parts/numbers.ts';
import { unconfirmed } from './school/unconfirmed.ts';
import { isAdmin, type Visitor } from './visitor.ts';

/**
 * Stands on every page of staff while nothing goes to Sferum, and says since when and what to do. Pupils and parents
 * can do nothing about it, and their chats go on.
 */
export function troubleBar(visitor: Visitor, section: Section | undefined): Html {
  const { trouble, timeZone } = visitor.school;
  if (trouble === null || !visitor.staff) return NOTHING;
  const isBroken = trouble.state === 'broken';
  const title = isBroken ? 'Сферум не принимает ключ школы' : unconfirmed(trouble.state).title;
  const text = isBroken
    ? 'Чаты не обновляются, их состояние известно на это время.'
    : unconfirmed(trouble.state).text;
  // «Обзор» says below what to do.
  const isSaid = section === 'overview';
  const todo = isAdmin(visitor)
    ? isSaid
      ? ''
      : html`<div class="actions">${linkButton({ label: 'Что делать', href: '/attention' })}</div>`
    : html`<p>Сообщите администратору школы.</p>`;
  return html`<div class="notice ${isBroken ? 'bad' : 'warn'} trouble" role="${isBroken ? 'alert' : 'status'}"><p><strong>${title} с ${moment(trouble.since, timeZone)}.</strong> ${text}</p>${todo}</div>`;
}
