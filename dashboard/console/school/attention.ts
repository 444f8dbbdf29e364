import { namedIn, type Wait } from '../../read/waits.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { page } from '../page.ts';
import { state } from '../parts/condition.ts';
import { moment } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { ADMINS } from '../visitor.ts';
import { said } from './wait-words.ts';

/** «Ждут вас»: everything of the school that waits for a person, with why and what to do about it. */
export function attentionRoutes({ screens }: ConsoleParts): void {
  screens.get('/attention', ADMINS, (c) => {
    const { school, waits } = c.get('visitor');
    noteShown(c, school.id, namedIn(waits));
    return page({
      c,
      section: 'overview',
      title: 'Ждут вас',
      crumbs: [{ label: 'Обзор', href: '/overview' }],
      subtitle: waits.length > 0 && waits.every(isApart) ? 'Остальное обновляется само.' : undefined,
      body:
        waits.length === 0
          ? emptyState({
              title: 'Всё идёт само',
              text: 'Здесь появится то, что без человека не решить: исключения, которые ждут решения, чаты без администратора, потерянный доступ.',
            })
          : html`<ol class="stack">${waits.map((wait) => waitView(wait, school.timeZone))}</ol>`,
    });
  });
}

/** Whether the other chats are kept up to date while this waits. */
function isApart({ kind }: Wait): boolean {
  return kind !== 'account';
}

function waitView(wait: Wait, timeZone: string): Html {
  const { tone, word, title, text, action } = said(wait);
  return html`<li class="sheet task"><div><div class="task-head">${state(tone, word)}${
    wait.since ? html`<span class="muted small">с ${moment(wait.since, timeZone)}</span>` : ''
  }</div><h2>${title}</h2><div class="task-text">${text}</div></div>${action ? html`<div class="actions">${action}</div>` : ''}</li>`;
}
