/** Tables as files that Excel of a Russian computer opens by a double click: UTF-8 with its mark, columns by `;`. */

import { type Html, html } from '../html.ts';
import type { ConsoleContext } from '../page.ts';

interface CsvColumn<Row> {
  head: string;
  /** A number stays a number. Null: an empty cell. */
  cell: (row: Row) => string | number | null;
}

export interface CsvTable<Row> {
  /** The file's name without its ending, in Russian words. */
  name: string;
  columns: readonly CsvColumn<Row>[];
  rows: readonly Row[];
}

const BYTE_ORDER_MARK = '\uFEFF';
/** What makes Excel and its kin take a cell for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[";\r\n]/;

/** Writes the table as text. A cell that would be a formula begins with an apostrophe, so that it stays a word. */
export function csvText<Row>({ columns, rows }: Omit<CsvTable<Row>, 'name'>): string {
  const lines = [
    columns.map(({ head }) => cellText(head)),
    ...rows.map((row) => columns.map(({ cell }) => cellText(cell(row)))),
  ];
  return `${BYTE_ORDER_MARK}${lines.map((line) => line.join(';')).join('\r\n')}\r\n`;
}

function cellText(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Answers with the table as a file to keep. It may hold names, so nobody on the way may keep it. */
export function csvFile<Row>(c: ConsoleContext, table: CsvTable<Row>): Response {
  return c.body(csvText(table), 200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(`${table.name}.csv`)}`,
    'Cache-Control': 'no-store',
  });
}

/** A link to the file of the table beside it. */
export function csvLink(href: string, label = 'Скачать CSV'): Html {
  return html`<a class="button plain no-print" href="${href}" download>${label}</a>`;
}
