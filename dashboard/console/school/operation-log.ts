/** The lines of «Работы»: what was done, by whom, how much, how long it took and how it ended. */
import { authorName } from '../../../src/chats/journal-words.ts';
import type { Names } from '../../../src/plan/describe.ts';
import type { LoggedOperation } from '../../read/operation-log.ts';
import { type Content, type Html, html } from '../html.ts';
import { operationChoice } from '../manage/initialize.ts';
import { operationTitle, STATE_WORDS } from '../manage/operation-words.ts';
import { change, countsOf, membersChanged } from '../manage/plan-words.ts';
import { stopped } from '../manage/words.ts';
import { state, type Tone } from '../parts/condition.ts';
import type { CsvTable } from '../parts/csv.ts';
import { count, counted, moment, momentText } from '../parts/numbers.ts';
import { dataTable } from '../parts/table.ts';

interface LogWords {
  names: Names;
  timeZone: string;
}

/** The operations as a table, in the order given. */
export function logTable(operations: readonly LoggedOperation[], words: LogWords): Html {
  return dataTable<LoggedOperation>({
    caption: 'Работы, новые сверху',
    rows: operations,
    columns: [
      { head: 'Когда', narrow: true, cell: ({ createdAt }) => moment(createdAt, words.timeZone) },
      { head: 'Работа', phone: 'title', cell: (o) => nameCell(o) },
      { head: 'Кто', cell: ({ by }) => html`<bdi>${authorName(by, words.names)}</bdi>` },
      { head: 'Добавлено', numeric: true, cell: (o) => figure(membersChanged(o)?.added, '+') },
      { head: 'Исключено', numeric: true, cell: (o) => figure(membersChanged(o)?.removed, '−') },
      { head: 'Длилась', numeric: true, narrow: true, cell: (o) => lasted(o) },
      { head: 'Состояние', cell: (o) => stateCell(o) },
    ],
  });
}

/** Gives the same table as a file. */
export function logFile(
  operations: readonly LoggedOperation[],
  { names, timeZone }: LogWords,
): CsvTable<LoggedOperation> {
  return {
    name: 'Работы',
    rows: operations,
    columns: [
      { head: 'Когда', cell: ({ createdAt }) => momentText(createdAt, timeZone) },
      { head: 'Работа', cell: (o) => titleOf(o) },
      { head: 'Подробности', cell: (o) => detailsOf(o).join('; ') },
      { head: 'Кто', cell: ({ by }) => authorName(by, names) },
      { head: 'Добавлено', cell: (o) => membersChanged(o)?.added ?? null },
      { head: 'Исключено', cell: (o) => membersChanged(o)?.removed ?? null },
      { head: 'Длилась', cell: (o) => lasted(o) },
      { head: 'Состояние', cell: (o) => stateOf(o)[1] },
    ],
  };
}

/**
 * Shows what is under way, with its progress. manage.js asks for this part again, and loads the page where `data-state`
 * has changed.
 */
export function openPart(open: readonly LoggedOperation[], { names, timeZone }: LogWords): Html {
  const ids = open.map(({ id, state: now }) => `${id} ${now}`).join(' ');
  return html`<section class="open-work" aria-label="Выполняется сейчас" data-follows="/operations/open" data-state="${ids}"${
    open.length === 0 ? ' hidden' : ''
  }>${open.map(
    (
      o,
    ) => html`<div class="sheet padded"><div class="section-head"><h2><a href="/manage/operations/${o.id}">${titleOf(o)}</a></h2>${stateCell(o)}</div>
<p class="muted">${authorName(o.by, names)}, ${moment(o.startedAt ?? o.createdAt, timeZone)}. Страницу можно закрыть: работа продолжится.</p>
${o.total > 0 ? html`<progress aria-label="${titleOf(o)}" value="${o.done}" max="${o.total}"></progress><p class="muted">${count(o.done)} из ${count(o.total)}</p>` : ''}</div>`,
  )}</section>`;
}

function titleOf(operation: LoggedOperation): string {
  const { kind, chatTitle, total } = operation;
  if (kind === 'delete-chat' && chatTitle === null && total > 1) return `Удаление чатов: ${count(total)}`;
  const title = operationTitle(operation);
  return chatTitle === null ? title : `${title} «${chatTitle}»`;
}

function nameCell(operation: LoggedOperation): Html {
  const more = detailsOf(operation);
  return html`<a href="/manage/operations/${operation.id}">${titleOf(operation)}</a>${
    more.length > 0 ? html`<div class="muted small">${more.join('; ')}</div>` : ''
  }`;
}

function detailsOf(operation: LoggedOperation): string[] {
  return [operationChoice(operation), ...besides(operation)].filter((text) => text !== '');
}

/** Says what its figures tell besides people. */
function besides(operation: LoggedOperation): string[] {
  const { problem, state: now } = operation;
  const { chats, rejectedTotal = 0, people = 0 } = countsOf(operation);
  const created = chats?.created ?? 0;
  return [
    people > 0 ? `людей в списках: ${count(people)}` : '',
    created > 0 ? `новых чатов: ${count(created)}` : '',
    heldText(operation),
    rejectedTotal > 0 ? `отклонено строк: ${count(rejectedTotal)}` : '',
    now === 'failed' || now === 'held' ? (problem ?? '') : '',
  ];
}

/** Says what became of the removals that it held. Work that did nothing else would say nothing without it. */
export function heldText(operation: LoggedOperation): string {
  const { plannedHeld, decision, dryRun } = operation;
  const { held } = countsOf(operation);
  if (dryRun) return held ? `остановятся до решения: ${count(held)}` : '';
  if (held === undefined || held > 0) return held ? stopped(held) : '';
  if (plannedHeld === 0) return '';
  const were = counted(
    plannedHeld,
    'остановленное исключение',
    'остановленных исключения',
    'остановленных исключений',
  );
  if (decision === 'approve') return `${were}: подтверждено`;
  return decision === 'reject' ? `${were}: все оставлены` : `${were}: решать не пришлось`;
}

function figure(n: number | undefined, sign: '+' | '−'): Content {
  return n ? change(n, sign) : '';
}

const MINUTE_SECONDS = 60;
const HOUR_MINUTES = 60;

/** Says how long it was at work: «менее 1 с», «48 с», «3 мин», «2 ч 5 мин». */
function lasted({ startedAt, finishedAt }: LoggedOperation): string {
  if (startedAt === null || finishedAt === null) return '';
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  if (seconds < 1) return 'менее 1\u00a0с';
  if (seconds < MINUTE_SECONDS) return `${seconds}\u00a0с`;
  const minutes = Math.round(seconds / MINUTE_SECONDS);
  if (minutes < HOUR_MINUTES) return `${minutes}\u00a0мин`;
  const hours = Math.floor(minutes / HOUR_MINUTES);
  return `${count(hours)}\u00a0ч ${minutes % HOUR_MINUTES}\u00a0мин`;
}

function stateCell(operation: LoggedOperation): Html {
  return state(...stateOf(operation));
}

function stateOf({ state: now, undoneBy, dryRun }: LoggedOperation): readonly [Tone, string] {
  if (undoneBy !== null) return ['calm', 'отменена'];
  if (dryRun && now === 'succeeded') return ['calm', 'план готов'];
  return STATE_WORDS[now];
}
