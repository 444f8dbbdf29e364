/** The table of all schools (K1). */
import { SCHOOL_STATES, type SchoolItem, type SchoolState, type StateCounts } from '../../read/schools.ts';
import { type Html, html } from '../html.ts';
import { submitButton } from '../parts/button.ts';
import { chips } from '../parts/chips.ts';
import { textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted, momentText } from '../parts/numbers.ts';
import { pager } from '../parts/pager.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { OPEN_SCHOOL, opensSchool } from './opens-school.ts';
import { keyState, NONE, STATE_FILTERS, schoolState, span } from './words.ts';

interface SchoolsView {
  items: readonly SchoolItem[];
  total: number;
  counts: StateCounts;
  filter: { q?: string | undefined; state?: SchoolState | undefined; page: number; perPage: number };
  nowMs: number;
  timeZone: string;
}

/** How all schools are, as the page's heading. */
export function schoolsTitle({ counts, filter }: SchoolsView): string {
  const all = allOf(counts);
  if (filter.q) return `Найдено: ${counted(all, 'школа', 'школы', 'школ')}`;
  if (all === 0) return 'Школы';
  return counts.fine === all
    ? `Всё в порядке: ${counted(all, 'школа', 'школы', 'школ')}`
    : `В порядке ${counted(counts.fine, 'школа', 'школы', 'школ')} из ${count(all)}`;
}

/** The page below its heading: filters and schools. */
export function schoolsBody(view: SchoolsView): Html {
  const { items, total, filter, counts } = view;
  const pages = (label: string) =>
    pager({ ...filter, total, href: (page) => schoolsHref({ ...filter, page }), label });
  return html`<div class="region-find">${stateChips(view)}<form method="get" action="/schools" role="search" class="find-school">${
    filter.state ? html`<input type="hidden" name="state" value="${filter.state}">` : ''
  }${textField({ label: 'Школа', name: 'q', type: 'search', value: filter.q, maxLength: 200, placeholder: 'Название школы' })}${submitButton({ label: 'Найти' })}</form></div>
<form id="${OPEN_SCHOOL}" method="post" action="/schools"></form>
${
  items.length === 0
    ? emptyState(
        allOf(counts) === 0 && !filter.q
          ? {
              title: 'Школ ещё нет',
              text: html`Школа появляется с первыми списками из СГО или с ключом Сферума: <a href="/docs#connect">как подключить школу</a>.`,
            }
          : { title: 'Таких школ нет', text: html`<a href="/schools">Показать все школы</a>` },
      )
    : html`${schoolTable(view)}${pages('Страницы')}`
}`;
}

const allOf = (counts: StateCounts) => Object.values(counts).reduce((sum, n) => sum + n, 0);

function schoolsHref({ page, perPage, ...filter }: SchoolsView['filter']): string {
  return hrefOf('/schools', {
    ...filter,
    page: page === 1 ? undefined : page,
    perPage: perPage === 50 ? undefined : perPage,
  });
}

function stateChips({ counts, filter: { q, state } }: SchoolsView): Html {
  const chip = (label: string, of: SchoolState | undefined, n: number) => ({
    ...{ label, href: hrefOf('/schools', { q, state: of }), count: n },
    current: state === of,
  });
  return chips('Состояние', [
    chip('Все', undefined, allOf(counts)),
    ...SCHOOL_STATES.map((of) => chip(STATE_FILTERS[of], of, counts[of])).filter(
      ({ count: n, current }) => n > 0 || current,
    ),
  ]);
}

function schoolTable({ items, nowMs, timeZone }: SchoolsView): Html {
  return html`<div class="region keys">${dataTable<SchoolItem>({
    caption: 'Школы, сначала те, где хуже',
    rows: items,
    columns: [
      { head: 'Школа', phone: 'title', cell: (school) => opensSchool(school, school.name) },
      { head: 'Состояние', cell: (school) => schoolState(school) },
      {
        head: 'Отставание',
        numeric: true,
        cell: ({ behindSince }) => (behindSince ? span(nowMs - Date.parse(behindSince)) : NONE),
      },
      {
        head: 'Ждут решения',
        numeric: true,
        cell: (school) =>
          school.held > 0
            ? opensSchool(school, count(school.held), {
                to: '/attention',
                says: `ждут решения: ${count(school.held)}`,
              })
            : NONE,
      },
      {
        head: 'Не удаётся',
        numeric: true,
        cell: (school) =>
          school.failing > 0
            ? opensSchool(school, chatsOf(school.failing, school.chats), {
                to: '/manage?condition=failing',
                says: `чаты, которые не удаётся обновить: ${chatsOf(school.failing, school.chats)}`,
              })
            : NONE,
      },
      { head: 'Привязано', cell: ({ linkedShare }) => (linkedShare === null ? NONE : share(linkedShare)) },
      {
        head: 'Списки СГО',
        cell: ({ lastRosterAt }) =>
          lastRosterAt
            ? html`<span class="nowrap" title="${momentText(lastRosterAt, timeZone)}">${span(nowMs - Date.parse(lastRosterAt))} назад</span>`
            : NONE,
      },
      { head: 'Ключ', cell: (school) => keyState(school) },
    ],
  })}</div>`;
}

const chatsOf = (some: number, all: number) => `${count(some)} из ${count(all)}`;

/** A share as a bar with its number. */
function share(of: number): Html {
  const percent = Math.round(of * 100);
  return html`<span class="share-cell"><svg class="share" aria-hidden="true"><rect width="${percent}%" height="100%" rx="3"/></svg>${percent}\u00a0%</span>`;
}
