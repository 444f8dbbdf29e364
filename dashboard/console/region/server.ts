/** The server page: figures of the service, calculated from what its processes tell. */

import type { QueueDepth } from '../../read/queue-depth.ts';
import type { LaggingSchool, ProcessItem, WaitingWork } from '../../read/server.ts';
import { type Content, type Html, html } from '../html.ts';
import { linkButton } from '../parts/button.ts';
import { state } from '../parts/condition.ts';
import { count, counted, moment } from '../parts/numbers.ts';
import { dataTable } from '../parts/table.ts';
import { tile } from '../parts/tile.ts';
import { OPEN_SCHOOL, opensSchool } from './opens-school.ts';
import { NONE, span } from './words.ts';

interface ServerView {
  processes: readonly ProcessItem[];
  work: WaitingWork;
  /** Null: the queue does not answer. */
  queues: readonly QueueDepth[] | null;
  schools: readonly LaggingSchool[];
  nowMs: number;
  timeZone: string;
}

/** A process gives a sign of life every few seconds. */
const SILENT_AFTER_MS = 30_000;

const ROLES: Readonly<Record<string, string>> = {
  all: 'Всё в одном',
  api: 'Страницы и API',
  workers: 'Обработчик',
  worker: 'Обработчик',
};
const QUEUES: Readonly<Record<string, string>> = {
  chats: 'Чаты',
  operations: 'Работы',
  lessons: 'Уроки',
};
const ENDS: Readonly<Record<string, string>> = {
  tooFast: 'слишком часто, повторено',
  alone: 'отправлено отдельно',
  'never-ran': 'не выполнено, повторено',
  unknown: 'исход неизвестен, сверено',
  refused: 'отказ по человеку или чату',
  'slow-down': 'VK просит подождать',
  'chat-lost': 'нет чата или прав в нём',
  account: 'учётная запись заблокирована',
  token: 'ключ не принят',
  'not-possible': 'ключ этого не может',
  defect: 'запрос не принят',
};

/** How much work waits and for how long, as the page's heading. */
export function serverTitle({ work, nowMs }: ServerView): string {
  if (work.chats === 0) return 'Ничего не ждёт';
  const waits = counted(work.chats, 'чат ждёт', 'чата ждут', 'чатов ждут');
  return `${waits} обновления, дольше всех – ${span(nowMs - Date.parse(work.oldestSince ?? ''))}`;
}

/** The page below its heading. */
export function serverBody(view: ServerView): Html {
  return html`<form id="${OPEN_SCHOOL}" method="post" action="/schools"></form>
${figures(view)}
<div class="server-tables">${section('Школы, которые ждут дольше всех', lagTable(view))}
${section('Отказы Сферума за час', errorTable(errorsOf(view.processes)))}
${section('Процессы', processTable(view))}
${section('Очереди', queueTable(view), linkButton({ label: 'Открыть очереди', href: '/admin/queues' }))}</div>`;
}

function section(title: string, body: Content, action: Content = ''): Html {
  return html`<section class="stack"><div class="actions between"><h2>${title}</h2>${action}</div>${body}</section>`;
}

function figures({ processes, work, nowMs }: ServerView): Html {
  const alive = processes.filter(isAlive);
  const perSecond = alive.reduce((sum, { figures: { requestsPerSecond = 0 } }) => sum + requestsPerSecond, 0);
  const share = work.allowedPerSecond > 0 ? Math.round((100 * perSecond) / work.allowedPerSecond) : 0;
  const errors = errorsOf(processes).reduce((sum, { times }) => sum + times, 0);
  const paused = work.pausedTokens > 0 ? `, ждут по просьбе VK: ${count(work.pausedTokens)}` : '';
  return html`<div class="figures">${tile('Занято скорости', `${share}\u00a0%`, `${rounded(perSecond)} из ${rounded(work.allowedPerSecond)} запросов в секунду${paused}`)}
${tile('Ждут обновления', counted(work.chats, 'чат', 'чата', 'чатов'), work.oldestSince ? `дольше всех – ${span(nowMs - Date.parse(work.oldestSince))}` : 'очередь пуста')}
${tile('Работают', `${count(alive.length)} из ${count(processes.length)}`, counted(processes.length, 'процесс', 'процесса', 'процессов'))}
${tile('Отказы за час', count(errors), counted(work.accounts, 'школа подключена', 'школы подключены', 'школ подключено'))}</div>`;
}

const rounded = (n: number): string =>
  n > 0 && n < 10 ? n.toFixed(1).replace('.', ',') : count(Math.round(n));
const isAlive = ({ silentMs }: ProcessItem): boolean => silentMs < SILENT_AFTER_MS;

interface ErrorLine {
  code: string;
  kind: string;
  times: number;
}

/** The errors of all processes, the most frequent first. */
function errorsOf(processes: readonly ProcessItem[]): ErrorLine[] {
  const sums = new Map<string, number>();
  for (const { figures: of } of processes) {
    for (const [key, n] of Object.entries(of.errors ?? {})) sums.set(key, (sums.get(key) ?? 0) + n);
  }
  return [...sums]
    .map(([key, times]) => ({ kind: key.split(':')[0] ?? '', code: key.split(':')[1] ?? '', times }))
    .sort((a, b) => b.times - a.times || a.code.localeCompare(b.code));
}

function errorTable(errors: readonly ErrorLine[]): Html {
  if (errors.length === 0) return html`<p class="sheet padded muted">Отказов не было.</p>`;
  return dataTable<ErrorLine>({
    caption: 'Отказы Сферума за час по кодам',
    rows: errors,
    columns: [
      { head: 'Что ответил Сферум', phone: 'title', cell: ({ kind }) => ENDS[kind] ?? kind },
      { head: 'Код', numeric: true, cell: ({ code }) => code || NONE },
      { head: 'Раз', numeric: true, cell: ({ times }) => count(times) },
    ],
  });
}

function lagTable({ schools, nowMs }: ServerView): Html {
  if (schools.length === 0) return html`<p class="sheet padded muted">Все изменения дошли до Сферума.</p>`;
  return dataTable<LaggingSchool>({
    caption: 'Школы по отставанию',
    rows: schools,
    columns: [
      { head: 'Школа', phone: 'title', cell: (school) => opensSchool(school, school.name) },
      { head: 'Отставание', numeric: true, cell: ({ since }) => span(nowMs - Date.parse(since)) },
      { head: 'Чатов ждут', numeric: true, cell: ({ chats }) => count(chats) },
    ],
  });
}

function processTable({ processes, timeZone }: ServerView): Html {
  return dataTable<ProcessItem>({
    caption: 'Процессы сервера',
    rows: processes,
    columns: [
      { head: 'Процесс', phone: 'title', cell: ({ role }) => ROLES[role] ?? role },
      {
        head: 'Состояние',
        cell: (one) =>
          isAlive(one) ? state('calm', 'работает') : state('bad', `молчит ${span(one.silentMs)}`),
      },
      { head: 'Запущен', cell: ({ startedAt }) => moment(startedAt, timeZone) },
      {
        head: 'Запросов в секунду',
        numeric: true,
        cell: ({ figures: { requestsPerSecond = 0 } }) => rounded(requestsPerSecond),
      },
    ],
  });
}

function queueTable({ queues, nowMs }: ServerView): Html {
  if (!queues) return html`<p class="sheet padded">Очередь не отвечает.</p>`;
  return dataTable<QueueDepth>({
    caption: 'Очереди заданий',
    rows: queues,
    columns: [
      { head: 'Очередь', phone: 'title', cell: ({ name }) => QUEUES[name] ?? name },
      { head: 'Ждут', numeric: true, cell: ({ waiting }) => count(waiting) },
      {
        head: 'Старшее ждёт',
        numeric: true,
        cell: ({ oldestAt }) => (oldestAt === null ? NONE : span(nowMs - oldestAt)),
      },
      { head: 'В работе', numeric: true, cell: ({ active }) => count(active) },
      { head: 'Повторятся', numeric: true, cell: ({ delayed }) => count(delayed) },
    ],
  });
}
