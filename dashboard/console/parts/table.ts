import { type Content, type Html, html } from '../html.ts';

export interface Column<Row> {
  /** The heading, and the label of the cell on a phone. */
  head: string;
  cell: (row: Row, index: number) => Content;
  /** True for numbers, which stand at the right edge. */
  numeric?: boolean;
  /** A link that sorts by this column. `sorted` says how it is sorted now. */
  sortHref?: string;
  sorted?: 'ascending' | 'descending' | undefined;
  /** What the cell is on a phone: the card's title, a labelled line (default), or left out. */
  phone?: 'title' | 'line' | 'hidden';
  /** Shown instead of the words of `head`, for example a checkbox for all rows. */
  headContent?: Content;
  /** True for a column that is no wider than its content. */
  narrow?: boolean;
  /** Stands below the rows, in a last row that sums them up. */
  total?: Content;
  /** True for a column that is there only on paper. */
  paper?: boolean;
}

interface TableParts<Row> {
  /** What the table lists, for people who do not see the page around it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Attributes of a row's element. */
  rowAttributes?: (row: Row, index: number) => Html | string;
  id?: string;
}

/** A table on a wide screen, and cards on a phone. Pager and bulk actions stand outside of it. */
export function dataTable<Row>(t: TableParts<Row>): Html {
  return html`<div class="sheet"><table class="data"${t.id ? html` id="${t.id}"` : ''}><caption class="unseen">${t.caption}</caption>
<thead><tr>${t.columns.map((column) => headCell(column))}</tr></thead>
<tbody>${t.rows.map(
    (row, i) => html`<tr${t.rowAttributes?.(row, i) ?? ''}>${t.columns.map(
      (column) =>
        html`<td${classOf(column)}${column.phone ? '' : html` data-label="${column.head}"`}>${column.cell(row, i)}</td>`,
    )}</tr>
`,
  )}</tbody>${t.columns.some(({ total }) => total !== undefined) ? totals(t.columns) : ''}</table></div>`;
}

function totals<Row>(columns: readonly Column<Row>[]): Html {
  return html`<tfoot><tr>${columns.map(
    (column) =>
      html`<td${classOf(column)}${column.phone ? '' : html` data-label="${column.head}"`}>${column.total ?? ''}</td>`,
  )}</tr></tfoot>`;
}

function headCell<Row>(column: Column<Row>): Html {
  const sort = column.sorted ? html` aria-sort="${column.sorted}"` : '';
  const words = column.headContent ?? column.head;
  const arrow = column.sorted ? (column.sorted === 'ascending' ? ' ↑' : ' ↓') : '';
  const content = column.sortHref
    ? html`<a href="${column.sortHref}">${words}<span aria-hidden="true">${arrow}</span></a>`
    : html`${words}${arrow}`;
  return html`<th scope="col"${classOf(column)}${sort}>${content}</th>`;
}

function classOf<Row>({ numeric, phone, narrow, paper }: Column<Row>): Html | string {
  const names = [
    numeric && 'num',
    narrow && 'narrow',
    paper && 'paper-only',
    phone && `phone-${phone}`,
  ].filter(Boolean);
  return names.length > 0 ? html` class="${names.join(' ')}"` : '';
}
