/** «Готовность к 1 сентября» over all schools (K4), the worst first. */
import type { Readiness } from '../../../src/plan/readiness-model.ts';
import {
  type ReadinessCounts,
  type ReadinessItem,
  SCHOOL_READINESS,
  type SchoolReadinessState,
} from '../../read/readiness.ts';
import { type Html, html } from '../html.ts';
import { postButton, submitButton } from '../parts/button.ts';
import { chips } from '../parts/chips.ts';
import { hiddenField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted } from '../parts/numbers.ts';
import { pager } from '../parts/pager.ts';
import { READINESS_FILTERS, readinessShown, readinessTitle } from '../parts/readiness-words.ts';
import { emptyState, notice } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { OPEN_SCHOOL, opensSchool } from './opens-school.ts';
import { NONE, span } from './words.ts';

interface ReadinessView {
  items: readonly ReadinessItem[];
  total: number;
  counts: ReadinessCounts;
  filter: {
    day: string;
    q?: string | undefined;
    state?: SchoolReadinessState | undefined;
    page: number;
    perPage: number;
  };
  /** False: the day is the next 1 September, which addresses leave out. */
  isOther: boolean;
  /** False: nobody has asked for schools to be counted for the day. */
  isAsked: boolean;
}

export const READINESS_PATH = '/schools/readiness';

/** How many schools are ready, below the page's heading. */
export function readinessSubtitle(view: ReadinessView): string {
  const { counts } = view;
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  if (all === 0) return 'Школ ещё нет';
  const ready = `Готовы ${counted(counts.ready, 'школа', 'школы', 'школ')} из ${count(all)}.`;
  return view.isAsked && counts.uncounted > 0 ? `${ready} Ещё считаются: ${count(counts.uncounted)}.` : ready;
}

/** The page below its heading. */
export function readinessBody(view: ReadinessView): Html {
  const { items, total, filter } = view;
  return html`${view.isAsked ? '' : askedOfAnother(filter.day)}<div class="region-find">${stateChips(view)}<form method="get" action="${READINESS_PATH}" role="search" class="find-school">${
    filter.state ? hiddenField('state', filter.state) : ''
  }${view.isOther ? hiddenField('day', filter.day) : ''}${textField({ label: 'Школа', name: 'q', type: 'search', value: filter.q, maxLength: 200, placeholder: 'Название школы' })}${submitButton({ label: 'Найти' })}</form></div>
<form id="${OPEN_SCHOOL}" method="post" action="/schools"></form>
${
  items.length === 0
    ? emptyState({ title: 'Таких школ нет', text: html`<a href="${READINESS_PATH}">Показать все школы</a>` })
    : html`${table(view)}${pager({ ...filter, total, href: (page) => hrefFor(view, { page }), label: 'Страницы' })}`
}
<form method="post" action="${READINESS_PATH}" class="other-day">${textField({ label: 'Другой день', name: 'day', type: 'day', value: view.isOther ? filter.day : undefined })}${submitButton({ label: 'Показать' })}</form>`;
}

/** Schools are counted for one other day at a time. */
function askedOfAnother(day: string): Html {
  return notice({
    kind: 'info',
    title: 'На этот день школы не считаются',
    text: 'Считаются ближайшее 1 сентября и ещё один день – тот, который выбрали последним.',
    actions: postButton({ label: 'Посчитать на этот день', action: READINESS_PATH, fields: { day } }),
  });
}

function hrefFor(
  { filter, isOther }: ReadinessView,
  { state, page }: { state?: string; page?: number },
): string {
  return hrefOf(READINESS_PATH, {
    day: isOther ? filter.day : undefined,
    q: filter.q,
    state: state ?? (page === undefined ? undefined : filter.state),
    page: page === 1 ? undefined : page,
  });
}

function stateChips(view: ReadinessView): Html {
  const { counts, filter } = view;
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return chips('Готовность', [
    { label: 'Все', href: hrefFor(view, {}), count: all, current: filter.state === undefined },
    ...SCHOOL_READINESS.map((of) => ({
      label: READINESS_FILTERS[of],
      href: hrefFor(view, { state: of }),
      count: counts[of],
      current: filter.state === of,
    })).filter(({ count: n, current }) => n > 0 || current),
  ]);
}

function table({ items, filter: { day } }: ReadinessView): Html {
  const to = hrefOf('/readiness', { day });
  const figure = (of: (figures: Readiness) => string | null) => (school: ReadinessItem) =>
    (school.readiness && of(school.readiness)) ?? NONE;
  return html`<div class="region">${dataTable<ReadinessItem>({
    caption: `${readinessTitle(day)}, сначала школы, где хуже`,
    rows: items,
    columns: [
      {
        head: 'Школа',
        phone: 'title',
        cell: (school) => opensSchool(school, school.name, { to, says: readinessTitle(day).toLowerCase() }),
      },
      { head: 'Готовность', cell: (school) => readinessShown(school.state, school.readiness) },
      {
        head: 'Классов',
        numeric: true,
        phone: 'hidden',
        cell: figure(({ classes }) => orNone(classes.total)),
      },
      { head: 'Учеников', numeric: true, cell: figure(({ pupils }) => orNone(pupils.total)) },
      { head: 'Придут, уйдут', numeric: true, cell: figure(movesShown) },
      { head: 'Новых чатов', numeric: true, cell: figure(({ chats }) => orNone(chats.created)) },
      { head: 'В архив', numeric: true, cell: figure(({ chats }) => orNone(chats.archived)) },
      { head: 'Займёт', numeric: true, cell: figure(({ estimate }) => duration(estimate.seconds)) },
    ],
  })}</div>`;
}

/** «+67 −1». */
function movesShown({ pupils: { joining, leaving } }: Readiness): string | null {
  const parts = [joining > 0 ? `+${count(joining)}` : '', leaving > 0 ? `−${count(leaving)}` : ''];
  return parts.filter(Boolean).join('\u00a0') || null;
}
const orNone = (n: number): string | null => (n > 0 ? count(n) : null);
const duration = (seconds: number): string | null => (seconds > 0 ? span(seconds * 1000) : null);
