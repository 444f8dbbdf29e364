/** «Списки из СГО»: the last list beside the one before, what was left out of it, and what is missing in it. */

import type { RosterCountsRead, RosterList } from '../../read/roster-lists.ts';
import { GAPS, type Gap } from '../../read/roster-quality.ts';
import { type Content, type Html, html } from '../html.ts';
import { asksAboutPeople, SAME_PEOPLE } from '../manage/held.ts';
import { STATE_WORDS } from '../manage/operation-words.ts';
import { change } from '../manage/plan-words.ts';
import { linkButton } from '../parts/button.ts';
import { state } from '../parts/condition.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted, moment } from '../parts/numbers.ts';
import { notice } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';

/** The lists of bad rows: `rejected` ones were left out whole, of `lost` ones only a field was. */
export type FaultKind = 'rejected' | 'lost';

export const GAP_WORDS: Readonly<
  Record<Gap, { title: string; help: string; one: [string, string, string] }>
> = {
  pupils: {
    title: 'Ученики без класса',
    help: 'Ни в одном чате класса и родителей их нет. Зачислите их в класс в СГО.',
    one: ['ученик', 'ученика', 'учеников'],
  },
  parents: {
    title: 'Родители без ребёнка',
    help: 'Их дети выбыли или не указаны, поэтому в чатах родителей их нет. Укажите связь с ребёнком в СГО.',
    one: ['родитель', 'родителя', 'родителей'],
  },
  classes: {
    title: 'Классы без классного руководителя',
    help: 'Администратором чатов класса становится администратор школы. Назначьте классного руководителя в СГО.',
    one: ['класс', 'класса', 'классов'],
  },
  groups: {
    title: 'Группы без учителя',
    help: 'Администратором чата группы становится администратор школы. Назначьте учителя в СГО.',
    one: ['группа', 'группы', 'групп'],
  },
  roles: {
    title: 'Люди с неизвестной ролью',
    help: 'Ни в одном чате их нет. Укажите в СГО роль: учитель, сотрудник, ученик или родитель.',
    one: ['человек', 'человека', 'человек'],
  },
};

const COUNTED: readonly (readonly [keyof RosterCountsRead, string])[] = [
  ['people', 'Люди'],
  ['classes', 'Классы'],
  ['subjectGroups', 'Предметные группы'],
  ['enrollments', 'Места учеников и учителей'],
];

/** Shows the totals of a list beside those of the list before. */
export function countsTable(last: RosterList, before: RosterList | undefined): Html {
  return dataTable<(typeof COUNTED)[number]>({
    caption: 'Сколько в последних списках и в предыдущих',
    rows: COUNTED,
    columns: [
      { head: 'В списках', phone: 'title', cell: ([, label]) => label },
      { head: 'Последние', numeric: true, cell: ([key]) => figureOf(last[key]) },
      { head: 'Предыдущие', numeric: true, cell: ([key]) => figureOf(before?.[key]) },
      { head: 'Разница', numeric: true, cell: ([key]) => difference(last[key], before?.[key]) },
    ],
  });
}

function figureOf(n: number | null | undefined): Content {
  return n === undefined || n === null ? html`<span class="muted">–</span>` : count(n);
}

function difference(now: number | null | undefined, before: number | null | undefined): Content {
  if (typeof now !== 'number' || typeof before !== 'number') return html`<span class="muted">–</span>`;
  return now === before
    ? html`<span class="muted">0</span>`
    : change(Math.abs(now - before), now > before ? '+' : '−');
}

/** Tells of a list that looks cut, or that names people under new ids, with the way to its decision. */
export function incompleteNotice(lists: readonly RosterList[]): Content[] {
  return lists
    .filter(({ incomplete, state: now }) => incomplete && now === 'held')
    .map(({ operationId, problems }) => {
      const asks = asksAboutPeople({ problems });
      return notice({
        kind: 'warn',
        title: asks ? 'В списках люди под новыми номерами' : 'Списки похожи на неполные и ждут решения',
        text: problems.find(({ code }) => WAITING.includes(code))?.message ?? '',
        actions: linkButton({
          label: asks ? 'Посмотреть и решить' : 'Посмотреть, кто выйдет, и решить',
          href: asks ? SAME_PEOPLE : `/manage/operations/${operationId}/approve`,
          kind: 'primary',
        }),
      });
    });
}

/** Why a list waits. */
const WAITING = ['roster-incomplete', 'people-to-match'];

/** What of the last list was not taken. */
export function leftOut({
  operationId,
  rejectedTotal,
  lostFieldsTotal,
  ignored,
  ofSeveral,
}: RosterList): Html {
  const kinds = (
    [
      ['rejected', 'Отклонено строк', rejectedTotal],
      ['lost', 'Принято без одного из полей', lostFieldsTotal],
    ] as const
  ).filter(([, , total]) => total > 0);
  const ignoredRows = ignored.reduce((sum, { rows }) => sum + rows, 0);
  const nothing = kinds.length === 0 && ignoredRows === 0;
  return html`<section class="stack" aria-labelledby="left-out"><h2 id="left-out">Что не принято</h2>${
    nothing
      ? html`<p class="muted">${ofSeveral ? 'Файл был на несколько школ: отклонённые строки видны тому, кто его прислал.' : 'Приняты все строки.'}</p>`
      : ''
  }${kinds.map(
    ([kind, label, total]) =>
      html`<p>${label}: <a href="${rowsHref(operationId, kind)}">${count(total)}</a></p>`,
  )}${
    ignoredRows > 0
      ? dataTable({
          caption: 'Строки, которые не нужны для чатов',
          rows: ignored,
          columns: [
            { head: 'Файл', cell: ({ file }) => file },
            { head: 'Почему не нужны', phone: 'title', cell: ({ reason }) => reason },
            { head: 'Строк', numeric: true, cell: ({ rows }) => count(rows) },
          ],
        })
      : ''
  }</section>`;
}

const rowsHref = (operation: string, list: FaultKind) => hrefOf('/rosters/rows', { operation, list });
/** The page that lists a gap. */
export const gapHref = (of: Gap) => hrefOf('/rosters/quality', { of });

/** K5: shows what is missing in the lists, with its number. Where nothing is missing, it says so. */
export function qualityTable(gaps: Readonly<Record<Gap, number>>): Html {
  const found = GAPS.filter((gap) => gaps[gap] > 0);
  return html`<section class="stack" aria-labelledby="quality"><h2 id="quality">Чего не хватает в списках</h2>${
    found.length === 0
      ? html`<p class="muted">Всё на месте: у каждого ученика есть класс, у класса руководитель, у родителя ребёнок, у группы учитель.</p>`
      : dataTable<Gap>({
          caption: 'Чего не хватает в списках',
          rows: found,
          columns: [
            {
              head: 'Чего не хватает',
              phone: 'title',
              cell: (gap) =>
                html`<a href="${gapHref(gap)}">${GAP_WORDS[gap].title}</a><div class="muted small">${GAP_WORDS[gap].help}</div>`,
            },
            { head: 'Сколько', numeric: true, cell: (gap) => count(gaps[gap]) },
          ],
        })
  }</section>`;
}

/** The lists that came, newest first. */
export function listsTable(lists: readonly RosterList[], timeZone: string): Html {
  return html`<section class="stack" aria-labelledby="lists"><h2 id="lists">Последние списки</h2>${dataTable<RosterList>(
    {
      caption: 'Последние списки, новые сверху',
      rows: lists,
      columns: [
        {
          head: 'Составлены в СГО',
          phone: 'title',
          cell: (list) =>
            html`<a href="/manage/operations/${list.operationId}">${moment(list.takenAt ?? list.receivedAt, timeZone)}</a>`,
        },
        { head: 'Пришли', cell: ({ receivedAt }) => moment(receivedAt, timeZone) },
        { head: 'Люди', numeric: true, cell: ({ people }) => figureOf(people) },
        { head: 'В чатах', numeric: true, cell: (list) => movedBy(list) },
        { head: 'Отклонено строк', numeric: true, cell: ({ rejectedTotal: n }) => (n > 0 ? count(n) : '') },
        { head: 'Состояние', cell: (list) => listState(list) },
      ],
    },
  )}</section>`;
}

/** How many people the list has added to chats and taken out: «+12 −3». */
function movedBy({ added, removed }: RosterList): Html {
  return html`${added ? change(added, '+') : ''} ${removed ? change(removed, '−') : ''}`;
}

function listState({ state: now, incomplete, problems }: RosterList): Html {
  if (now === 'held' && incomplete)
    return state('warn', asksAboutPeople({ problems }) ? 'ждут решения о людях' : 'похожи на неполные');
  if (problems.some(({ code }) => code === 'roster-outdated')) return state('calm', 'старше принятых');
  if (problems.some(({ code }) => code === 'roster-overtaken')) return state('calm', 'пришли новые');
  const [tone, word] = STATE_WORDS[now];
  return now === 'succeeded' ? state('good', 'приняты') : state(tone, word);
}

/** How many people or units a gap concerns, in words. */
export function gapCount(gap: Gap, n: number): string {
  return counted(n, ...GAP_WORDS[gap].one);
}
