/** «Управление чатами» (B). */

import type { z } from 'zod';
import { sure } from '../../../src/sure.ts';
import type { ChatItem } from '../../read/chat-list.ts';
import type { Wait } from '../../read/waits.ts';
import { type Content, type Html, html } from '../html.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS, chatTypeFilter } from '../parts/chat-type.ts';
import {
  CONDITION_OPTIONS,
  conditionWord,
  datedCondition,
  type SchoolNow,
  state,
} from '../parts/condition.ts';
import { csvLink } from '../parts/csv.ts';
import { perPageField, selectField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count } from '../parts/numbers.ts';
import { pager } from '../parts/pager.ts';
import { personLink } from '../parts/person-link.ts';
import { emptyState, notice } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { QUESTIONS } from '../school/unconfirmed.ts';
import { said } from '../school/wait-words.ts';
import { findForm } from '../sought.ts';
import { type Choosing, choiceBar, chooser, isChoosable } from './list-choice.ts';
import type { ListRights } from './list-rights.ts';
import type { listQuery } from './query.ts';

type ListFilter = z.infer<typeof listQuery>;

export interface ListView extends Choosing {
  filter: ListFilter;
  total: number;
  waits: readonly Wait[];
  now: SchoolNow;
  messengerUrl: string;
  may: ListRights;
}

/** How many names stand before «и ещё n». */
const ADMINS_SHOWN = 3;

/** The buttons beside the heading, as far as the visitor may use them. */
export function listActions(view: ListView): Html {
  const { may, messengerUrl } = view;
  return html`${may.initialize ? linkButton({ label: 'Инициализировать список чатов', href: '/manage/initialize' }) : ''}
${may.create ? linkButton({ label: 'Добавить', href: '/manage/new' }) : ''}
${linkButton({ label: 'Перейти в VK Мессенджер', href: messengerUrl, external: true })}`;
}

/** The page below its heading: what waits, the filters and the chats. */
export function listBody(view: ListView): Html {
  const { filter, items, total } = view;
  const pages = (label: string) =>
    pager({
      page: filter.page,
      perPage: filter.perPage,
      total,
      href: (page) => listHref({ ...filter, page }),
      label,
    });
  return html`${waiting(view)}${filterForm(filter)}
${filter.condition ? chosenCondition(filter) : ''}
${
  items.length === 0
    ? nothingFound(filter, total, view.may.initialize)
    : html`${total > filter.perPage ? pages('Страницы') : ''}
<form method="get" action="/manage/delete" class="stack" data-choose-rows>${choiceBar(view, listHref(filter))}${chatTable(view)}</form>
${pages('Страницы, под таблицей')}<p>${csvLink(listHref({ ...filter, page: 1 }, '/manage/list.csv'))}</p>`
}`;
}

function listHref({ sort, page, perPage, lastName: _, ...filter }: ListFilter, path = '/manage'): string {
  return hrefOf(path, {
    ...filter,
    sort: sort === 'title' ? undefined : sort,
    perPage: perPage === 50 ? undefined : perPage,
    page: page === 1 ? undefined : page,
  });
}

/** Shows what waits for a person about chats. It stands above everything, each row with the button that leads to it. */
function waiting({ waits, filter }: ListView): Content[] {
  const shown = waits.filter(
    (wait) =>
      // A question about the school's account concerns no chat, and stands in «Ждут вас» alone.
      (wait.kind === 'held' && !QUESTIONS[wait.operation]) ||
      (wait.kind === 'failing' && filter.condition !== 'failing'),
  );
  return shown.map((wait) => {
    const { tone, title, text, action } = said(wait);
    const kind = tone === 'bad' ? 'bad' : 'warn';
    return notice({ kind, title, text, ...(action ? { actions: action } : {}) });
  });
}

function filterForm(filter: ListFilter): Html {
  return findForm(
    '/manage',
    'Отбор чатов',
    html`${chatTypeFilter(filter.type)}
${textField({ label: 'Наименование чата', name: 'title', value: filter.title })}
${textField({ label: 'Фамилия участников чата', name: 'lastName', value: filter.lastName })}
${selectField({ label: 'Состояние', name: 'condition', value: filter.condition, options: [{ value: '', label: 'Любое' }, ...CONDITION_OPTIONS] })}
${perPageField(filter.perPage)}
${filter.sort === '-title' ? html`<input type="hidden" name="sort" value="-title">` : ''}
<div class="filters-go">${submitButton({ label: 'Загрузить', kind: 'primary' })}</div>`,
  );
}

function chosenCondition(filter: ListFilter): Html {
  return html`<p class="chosen">Показаны только чаты в состоянии «${conditionWord(sure(filter.condition))}». <a href="${listHref(
    {
      ...filter,
      condition: undefined,
      page: 1,
    },
  )}">Показать все</a></p>`;
}

function nothingFound(filter: ListFilter, total: number, mayInitialize: boolean): Html {
  if (total > 0) {
    return emptyState({
      title: 'Такой страницы нет',
      actions: linkButton({ label: 'К первой странице', href: listHref({ ...filter, page: 1 }) }),
    });
  }
  const filtered = filter.type || filter.title || filter.lastName || filter.condition;
  return filtered
    ? emptyState({
        title: 'Ничего не найдено',
        text: 'Проверьте написание или уберите часть условий.',
        actions: linkButton({ label: 'Сбросить условия', href: '/manage' }),
      })
    : emptyState({
        title: 'Чатов пока нет',
        text: mayInitialize
          ? 'Кнопка «Инициализировать список чатов» создаст их по спискам СГО. Сначала вы увидите план: ничего не изменится, пока вы его не подтвердите.'
          : 'Здесь появятся чаты школы. Чтобы создать их по спискам СГО, администратор школы нажимает «Инициализировать список чатов».',
      });
}

function chatTable(view: ListView): Html {
  const { filter, items, administeredBy } = view;
  const first = (filter.page - 1) * filter.perPage + 1;
  return dataTable<ChatItem>({
    caption: 'Чаты',
    rows: items,
    columns: [
      {
        head: '№ п/п',
        narrow: true,
        numeric: true,
        cell: (chat, i) =>
          isChoosable(chat, view)
            ? chooser(chat, first + i)
            : html`<span class="row-number">${count(first + i)}</span>`,
      },
      {
        head: 'Наименование чата',
        phone: 'title',
        sortHref: listHref({ ...filter, sort: filter.sort === 'title' ? '-title' : 'title', page: 1 }),
        sorted: filter.sort === 'title' ? 'ascending' : 'descending',
        cell: (chat) => title(chat, administeredBy),
      },
      { head: 'Тип чата', cell: (chat) => CHAT_TYPE_LABELS[chat.type] },
      {
        head: 'Кол-во участников',
        numeric: true,
        cell: (chat) =>
          html`${count(chat.memberCount)} <span class="beside">в Сферуме: ${count(chat.inSferumCount)}</span>`,
      },
      { head: 'Администратор', cell: (chat) => admins(chat) },
      { head: 'Состояние', cell: (chat) => conditionCell(chat, view) },
    ],
  });
}

function title(chat: ChatItem, administeredBy: string | null): Html {
  const readOnly = administeredBy !== null && !chat.admins.some(({ id }) => id === administeredBy);
  return html`<a href="/manage/chats/${chat.id}"><bdi>${chat.title}</bdi></a>${
    chat.origin === 'manual' ? html` <span class="tag">вручную</span>` : ''
  }${readOnly ? html` <span class="tag">только просмотр</span>` : ''}`;
}

function admins({ admins: all, warning }: ChatItem): Html {
  const shown = all.slice(0, ADMINS_SHOWN);
  const more = all.length - shown.length;
  const names =
    all.length === 0
      ? html`<span class="muted">нет</span>`
      : html`${shown.map((person, i) => html`${i > 0 ? ', ' : ''}${personLink(person)}`)}${more > 0 ? html` <span class="muted">и ещё ${count(more)}</span>` : ''}`;
  if (!warning) return names;
  const said = {
    'same-title': 'есть другой чат с таким наименованием',
    'no-admin-in-sferum': 'нет администратора в Сферуме',
    'no-own-admin': 'нет своего администратора',
    'nobody-to-administer': 'нет своего администратора',
  }[warning];
  return html`${names}<div class="under">${state('warn', said)}</div>`;
}

function conditionCell({ id, condition: its }: ChatItem, { now }: ListView): Html {
  const isOpen = its.status === 'failing' || (its.status === 'held' && !now.approved.has(id));
  const why = isOpen ? its.message : null;
  return html`${datedCondition(id, its, now)}${why ? html`<div class="under muted">${why}</div>` : ''}`;
}
