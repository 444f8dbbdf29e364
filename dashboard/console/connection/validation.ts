/** What an import of a file would say (contract: `POST /v1/roster-validations`), as a page. */

import { z } from 'zod';
import { type Content, type Html, html } from '../html.ts';
import { linkButton } from '../parts/button.ts';
import { state } from '../parts/condition.ts';
import { count, counted } from '../parts/numbers.ts';
import { notice } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { tile } from '../parts/tile.ts';

const figure = z.number().catch(0);
const rejectedRow = z.object({
  file: z.string(),
  line: z.number(),
  field: z.string().catch(''),
  message: z.string(),
});
const ignoredRows = z.object({ file: z.string(), reason: z.string(), rows: z.number() });

/** The result as the validation wrote it; what is missing counts as nothing. */
export const validationResult = z.object({
  wouldFail: z.boolean(),
  wouldHold: z.boolean(),
  ...{ schools: figure, people: figure, classes: figure, subjectGroups: figure, enrollments: figure },
  rejectedTotal: figure,
  rejected: z.array(rejectedRow).catch([]),
  ignored: z.array(ignoredRows).catch([]),
  members: z.object({ added: figure, removed: figure }).optional().catch(undefined),
  operations: z.array(z.object({ schoolId: z.string(), state: z.string() })).catch([]),
  problems: z.array(z.object({ message: z.string(), schoolId: z.string().optional() })).catch([]),
});
type ValidationResult = z.infer<typeof validationResult>;

const LINES_NAMED = 5;

/** Rows that are refused for the same reason. */
interface Refused {
  file: string;
  field: string;
  message: string;
  lines: number[];
}

function byReason(rows: ValidationResult['rejected']): Refused[] {
  const groups = Map.groupBy(rows, ({ file, field, message }) => JSON.stringify([file, field, message]));
  return [...groups.values()].flatMap((of) => {
    const [first] = of;
    return first ? [{ ...first, lines: of.map(({ line }) => line) }] : [];
  });
}

function linesOf({ lines }: Refused): string {
  const named = lines.slice(0, LINES_NAMED).map(count).join(', ');
  return lines.length > LINES_NAMED ? `${named}…` : named;
}

/** What is shown in place of a result. `href`: the page itself. */
export const stillChecking = (href: string): Html =>
  notice({
    ...{ kind: 'info', title: 'Файл проверяется', text: 'Большая выгрузка занимает минуту-другую.' },
    actions: linkButton({ label: 'Обновить', href }),
  });
export const NOT_CHECKED = notice({
  kind: 'bad',
  title: 'Файл не удалось проверить',
  text: 'Отправьте его ещё раз. Если не получится снова, сообщите администратору сервера.',
});

/** The page below its heading. */
export function validationBody(result: ValidationResult): Html {
  return html`${verdict(result)}${result.wouldFail ? '' : html`${figures(result)}${schools(result)}${rejected(result)}${ignored(result)}`}`;
}

function verdict({ wouldFail, wouldHold, problems, rejectedTotal }: ValidationResult): Html {
  const text: Content = html`${problems.map(({ message }) => html`<span class="line">${message}</span> `)}`;
  if (wouldFail) return notice({ kind: 'bad', title: 'Файл не был бы принят', text });
  if (wouldHold) return notice({ kind: 'warn', title: 'Импорт ждал бы решения', text });
  const rest = problems.length > 0 ? { text } : {};
  if (rejectedTotal === 0) return notice({ kind: 'good', title: 'Файл был бы принят', ...rest });
  return notice({
    kind: 'warn',
    title: `Файл был бы принят, кроме ${counted(rejectedTotal, 'строки', 'строк', 'строк')}`,
    ...rest,
  });
}

function figures({ members, ...of }: ValidationResult): Html {
  const moved = members
    ? html`<div class="sheet figure"><h2>В чатах</h2><b>+${count(members.added)} −${count(members.removed)}</b>вошли бы и вышли</div>`
    : '';
  return html`<div class="figures">${tile('Людей', count(of.people), counted(of.schools, 'школа', 'школы', 'школ'))}
${tile('Классов', count(of.classes), counted(of.subjectGroups, 'группа', 'группы', 'групп'))}
${tile('Зачислений', count(of.enrollments), 'в классы и группы')}${moved}</div>`;
}

function schools({ operations }: ValidationResult): Content {
  if (operations.length < 2) return '';
  return html`<section class="stack"><h2>По школам</h2>${dataTable({
    caption: 'Чем закончился бы импорт каждой школы',
    rows: operations,
    columns: [
      { head: 'Школа', phone: 'title', cell: ({ schoolId }) => schoolId },
      {
        head: 'Импорт',
        cell: (one) => (one.state === 'held' ? state('warn', 'ждал бы решения') : state('good', 'принят')),
      },
    ],
  })}</section>`;
}

function rejected({ rejected: rows, rejectedTotal }: ValidationResult): Content {
  if (rejectedTotal === 0) return '';
  return html`<section class="stack"><h2>Отклонённые строки: ${count(rejectedTotal)}</h2>${dataTable<Refused>(
    {
      caption: 'Почему строки не были бы приняты',
      rows: byReason(rows),
      columns: [
        { head: 'Файл', narrow: true, cell: ({ file }) => file },
        { head: 'Поле', narrow: true, cell: ({ field }) => field || 'строка целиком' },
        { head: 'Почему', phone: 'title', cell: ({ message }) => message },
        { head: 'Строки файла', cell: linesOf },
      ],
    },
  )}</section>`;
}

function ignored({ ignored: rows }: ValidationResult): Content {
  if (rows.length === 0) return '';
  return html`<section class="stack"><h2>Не нужны для чатов</h2>${dataTable({
    caption: 'Строки, которые не нужны для чатов',
    rows,
    columns: [
      { head: 'Файл', cell: ({ file }) => file },
      { head: 'Почему не нужны', phone: 'title', cell: ({ reason }) => reason },
      { head: 'Строк', numeric: true, cell: (one) => count(one.rows) },
    ],
  })}</section>`;
}
