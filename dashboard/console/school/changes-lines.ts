/** The journal line by line. */
import type { journalViews } from '../../api/journal-view.ts';
import { type Html, html } from '../html.ts';
import { lessonPath } from '../lessons/parts.ts';
import { hrefOf } from '../parts/links.ts';
import { moment } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { dataTable } from '../parts/table.ts';

type Entry = Awaited<ReturnType<typeof journalViews>>['entries'][number];

/** The lines as a table, in the order given. */
export function linesTable(entries: readonly Entry[], timeZone: string): Html {
  return dataTable({
    caption: 'Изменения, новые сверху',
    rows: entries,
    columns: [
      { head: 'Когда', narrow: true, cell: (e) => moment(e.at, timeZone) },
      { head: 'Что', phone: 'title', cell: (e) => whatOf(e) },
      {
        head: 'Чат',
        cell: (e) =>
          e.chatId
            ? html`<a href="${hrefOf('/changes', { chatId: e.chatId })}">${e.chatTitle ?? 'удалён'}</a>`
            : '–',
      },
      { head: 'Почему', cell: (e) => causeOf(e) },
    ],
  });
}

/** Makes the person's name in the sentence a link to their page. */
function whatOf({ sentence, personId, personName }: Entry): Html {
  const at = personId && personName ? sentence.indexOf(personName) : -1;
  if (at < 0 || !personId || !personName) return html`<span>${sentence}</span>`;
  const name = personLink({ id: personId, name: personName });
  return html`<span>${sentence.slice(0, at)}${name}${sentence.slice(at + personName.length)}</span>`;
}

function causeOf({ cause }: Entry): Html {
  const { kind, id, text } = cause;
  const what = kind === 'lesson' ? html`<a href="${lessonPath(id)}">${text}</a>` : text;
  return html`${what}${cause.by && cause.by.kind !== 'system' ? html`<br><span class="muted small">${cause.by.name}</span>` : ''}${
    cause.reason ? html`<br><span class="muted small">«${cause.reason}»</span>` : ''
  }`;
}
