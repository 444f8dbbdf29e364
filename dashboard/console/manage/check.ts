import { actionWord, type Names } from '../../../src/plan/describe.ts';
import type { CheckResult } from '../../../src/planning/check-result.ts';
import type { CheckObstacle } from '../../../src/store/operation-params.ts';
import type { CheckRow } from '../../read/checks.ts';
import { type Html, html } from '../html.ts';
import type { Crumb } from '../parts/breadcrumbs.ts';
import { linkButton, postButton } from '../parts/button.ts';
import { count, moment } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { notice } from '../parts/states.ts';
import { type Column, dataTable } from '../parts/table.ts';

interface CheckView {
  result: CheckResult;
  names: Names;
  /** The titles of the checked chats, by their ids. */
  titles: ReadonlyMap<string, string>;
  /** The page of the chat or person that was checked. */
  back: Crumb & { href: string };
  about: CheckRow['about'];
  /** When it ended, an instant. */
  at: string | null;
  timeZone: string;
}

/** Shows the result: what is, what should be, what was done, and what stands in the way. */
export function checkBody(view: CheckView): Html {
  const { result, back, at } = view;
  const { desired, actual, done, obstacles } = result;
  const isFine = done.length === 0 && obstacles.length === 0;
  return html`<div class="stack">${
    isFine
      ? notice({ kind: 'good', title: 'Всё совпадает', text: 'Ничего делать не пришлось.' })
      : obstacles.length === 0
        ? notice({ kind: 'good', title: 'Исправлено, теперь всё совпадает' })
        : notice({
            kind: 'warn',
            title: 'Сверено, но сошлось не всё',
            text: done.length > 0 ? 'Ниже – что сделано, и кому что мешает.' : 'Ниже – кому что мешает.',
          })
  }
<p>${view.about.personId === null ? 'Участников' : 'Чатов'} по спискам СГО: ${count(desired.length)}, в Сферуме: ${count(actual.length)}.${at === null ? '' : html` Сверено ${moment(at, view.timeZone)}.`}</p>
${done.length > 0 ? html`<section class="stack"><h2>Сделано</h2><div class="compact">${doneTable(view)}</div></section>` : ''}
${obstacles.length > 0 ? html`<section class="stack"><h2>Что мешает</h2><div class="compact">${obstaclesTable(view)}</div></section>` : ''}
<div class="actions">${linkButton({ label: 'Назад', href: back.href })}${postButton({ label: 'Сверить ещё раз', ...again(view) })}</div></div>`;
}

/** Shown while the check goes on, and where it ended without a result. */
export function runningBody(
  failure: string | null,
  { id, back }: { id: string; back: Crumb & { href: string } },
): Html {
  const leave = html`<div class="actions">${linkButton({ label: 'Назад', href: back.href })}</div>`;
  if (failure !== null)
    return html`${notice({ kind: 'bad', title: 'Сверить не удалось', text: failure })}${leave}`;
  return html`<div class="sheet" data-follows="/manage/checks/${id}" data-state="running" role="status"><p>Сферум отвечает медленно. Сверка идёт, страница покажет её итог сама.</p></div>${leave}`;
}

function again({ about: { chatIds, personId } }: CheckView) {
  if (personId !== null) return { action: `/people/${encodeURIComponent(personId)}/check` };
  if (chatIds.length === 1) return { action: `/manage/chats/${chatIds[0]}/check` };
  return { action: '/manage/check', fields: { chat: chatIds } };
}

type Done = CheckResult['done'][number];

/** A column that tells rows apart. It is left out where all rows say the same in it. */
const only = <Row>(isNeeded: boolean, column: Column<Row>): Column<Row>[] => (isNeeded ? [column] : []);

function doneTable({ result, names, titles, about }: CheckView): Html {
  return dataTable({
    caption: 'Что сделано',
    rows: result.done,
    columns: [
      {
        ...{ head: 'Что', phone: 'title' as const },
        cell: ({ action, chatId }) =>
          action === 'rename'
            ? 'Название возвращено'
            : actionWord({ action, chatId, grounds: [] }, { done: true }),
      },
      ...only(about.personId === null, {
        head: 'Кто',
        cell: ({ action, personId }: Done) => whoOf(personId, names, action === 'remove'),
      }),
      ...only(about.chatIds.length > 1, {
        head: 'Чат',
        cell: ({ chatId }: Done) => titles.get(chatId) ?? '–',
      }),
    ],
  });
}

function obstaclesTable({ result, names, titles, about }: CheckView): Html {
  return dataTable({
    caption: 'Что мешает',
    rows: result.obstacles,
    columns: [
      ...only(about.personId === null, {
        head: 'Кто',
        phone: 'title' as const,
        cell: ({ personId }: CheckObstacle) => whoOf(personId, names, false),
      }),
      ...only(about.chatIds.length > 1, {
        head: 'Чат',
        cell: ({ chatId }: CheckObstacle) => (chatId ? (titles.get(chatId) ?? '–') : 'все'),
      }),
      { head: 'Почему', cell: ({ message }) => message },
    ],
  });
}

function whoOf(personId: string | undefined, names: Names, isStranger: boolean): Html {
  if (personId === undefined) return html`${isStranger ? 'посторонний' : '–'}`;
  return personLink({ id: personId, name: names.person(personId) });
}
