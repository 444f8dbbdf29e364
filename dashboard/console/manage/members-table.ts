/** The members of a chat as its editor and «Добавить новый чат» list them (C2). */

import { exceptionText } from '../../../src/chats/journal-words.ts';
import { groundText, type Names } from '../../../src/plan/describe.ts';
import type { ChatMemberItem } from '../../../src/store/queries/chat-members.ts';
import type { DraftMemberItem } from '../../drafts/draft-members.ts';
import { type Html, html } from '../html.ts';
import { state } from '../parts/condition.ts';
import { count, moment } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { type Column, dataTable } from '../parts/table.ts';
import { roleWord } from './words.ts';

interface MembersTable {
  items: readonly DraftMemberItem[];
  /** The number of the first row. */
  first: number;
  names: Names;
  timeZone: string;
  /** False: the table is to read only. */
  editable: boolean;
  /** False: the chat does not exist yet, so there are neither grounds nor states in Sferum. */
  live: boolean;
}

/** The table of members, as cards on a phone. */
export function membersTable({ items, first, names, timeZone, editable, live }: MembersTable): Html {
  const columns: Column<DraftMemberItem>[] = [
    { head: '№ п/п', narrow: true, numeric: true, phone: 'hidden', cell: (_, i) => count(first + i) },
    {
      head: 'Имя на экране',
      phone: 'title',
      cell: (m) =>
        live
          ? html`${personLink({ id: m.personId, name: m.name })}${mark(m)}`
          : html`<span class="name"><bdi>${m.name}</bdi></span>`,
    },
    { head: 'Админ', cell: (m) => (live ? adminCell(m) : m.stagedAdmin === 'grant' ? 'Да' : '') },
    { head: 'Роль', cell: (m) => roleWord(m) },
  ];
  const ofLive: Column<DraftMemberItem>[] = [
    { head: 'Почему здесь', cell: (m) => whyHere(m, names, timeZone) },
    { head: 'В Сферуме', cell: (m) => sferumState(m) },
  ];
  const tick: Column<DraftMemberItem> = {
    head: 'Выбор',
    headContent: html`<span class="unseen">Выбор</span><input type="checkbox" class="needs-script" data-tick-page aria-label="Выбрать всех на странице">`,
    narrow: true,
    phone: 'line',
    cell: (m) =>
      html`<input type="checkbox" name="on" value="${m.personId}" aria-label="${m.name}"${m.ticked ? ' checked' : ''}><input type="hidden" name="shown" value="${m.personId}">`,
  };
  const undo: Column<DraftMemberItem> = {
    head: 'Отменить',
    headContent: html`<span class="unseen">Отменить</span>`,
    narrow: true,
    cell: takeBack,
  };
  return dataTable({
    caption: 'Участники',
    rows: items,
    rowAttributes: (m) => (live && m.staged ? html` class="staged-${m.staged}"` : ''),
    columns: [
      ...(editable ? [tick] : []),
      ...columns,
      ...(live ? ofLive : []),
      ...(editable && live ? [undo] : []),
    ],
  });
}

function mark({ staged }: DraftMemberItem): Html | string {
  if (staged === 'add') return html` <span class="tag good">к добавлению</span>`;
  if (staged === 'remove') return html` <span class="tag bad">к исключению</span>`;
  return '';
}

function adminCell({ admin, stagedAdmin }: DraftMemberItem): Html | string {
  if (stagedAdmin === 'grant') return html`<span class="tag good">станет: Да</span>`;
  if (stagedAdmin === 'revoke') return html`<span class="tag bad">станет: нет</span>`;
  return admin ? 'Да' : '';
}

function takeBack(m: DraftMemberItem): Html | string {
  if (!m.staged && !m.stagedAdmin) return '';
  return html`<button type="submit" class="button quiet" name="do" value="undo:${m.personId}">Вернуть<span class="unseen"> как было: ${m.name}</span></button>`;
}

/** Shows every ground (J1). For what was done by hand it shows the author, the day and the reason (D7). */
function whyHere(m: DraftMemberItem, names: Names, timeZone: string): Html {
  const byHand = m.exception ? byHandText(m.exception, names, timeZone) : null;
  const grounds = m.grounds
    .filter(({ kind }) => !(kind === 'added' && byHand))
    .map((ground) => groundText(ground, names));
  if (m.staged === 'add' && grounds.length === 0 && !byHand)
    return html`<span class="muted">по вашему решению</span>`;
  return html`<ul class="grounds">${grounds.map((text) => html`<li>${text}</li>`)}${byHand ? html`<li>${byHand}</li>` : ''}${
    m.held ? html`<li>${state('warn', 'исключение ждёт решения')}</li>` : ''
  }</ul>`;
}

function byHandText(e: NonNullable<ChatMemberItem['exception']>, names: Names, timeZone: string): Html {
  return html`${exceptionText(e)}: <bdi>${names.person(e.authorId)}</bdi>, ${moment(e.at, timeZone)}${
    e.reason ? html`, «<bdi>${e.reason}</bdi>»` : ''
  }`;
}

function sferumState(m: DraftMemberItem): Html | string {
  if (m.staged === 'add') return '';
  if (!m.linked) return state('warn', 'не привязан');
  switch (m.sferumState) {
    case 'in':
      return state('good', 'да');
    case 'waiting':
      return state('calm', 'ждём входа');
    case 'refused':
      return state('bad', 'добавить нельзя', m.sferumReason);
    case 'left':
      return state('warn', 'чат покинут');
    default:
      return state('calm', 'добавляется');
  }
}
