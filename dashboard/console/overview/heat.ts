/** Classes by the share of their people who have a linked profile, as a picture and as a table. */

import { naturalCompare } from '../../../src/desired/names.ts';
import { sure } from '../../../src/sure.ts';
import type { Overview } from '../../read/overview.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { hrefOf } from '../parts/links.ts';
import { count } from '../parts/numbers.ts';

type ClassShare = Overview['classes'][number];

/** A class in its place. Its parallel is the row, and the rest of its title the column. */
interface Cell {
  row: string;
  column: string;
  of: ClassShare;
}

/** A school whose titles make more columns than this is shown only as a table. */
const MOST_COLUMNS = 20;
/** The least share of each step, from the best one down. The best step is grey, because there is nothing to do. */
const STEPS: readonly (readonly [percent: number, name: string])[] = [
  [70, 'h1'],
  [60, 'h2'],
  [50, 'h3'],
  [40, 'h4'],
  [0, 'h5'],
];

/** The share in whole percent, rounded down, so that 100 means everybody. */
export function percentOf({ people, linked }: { people: number; linked: number }): number {
  return people === 0 ? 0 : Math.floor((linked * 100) / people);
}

/**
 * Gives the place of each class: «10А (П)» → row «10», column «А (П)». Where two classes have one place, the later one
 * gets a column of its own.
 */
export function placed(classes: readonly ClassShare[]): Cell[] {
  const taken = new Set<string>();
  return classes
    .toSorted((a, b) => naturalCompare(a.title, b.title))
    .map((one) => {
      const [, digits = '', rest = ''] = /^(\d*)[\s-]*(.*)$/.exec(one.title) ?? [];
      const row = digits || one.grade || '–';
      let column = rest || '–';
      while (taken.has(`${row}\t${column}`)) column += '\u2032';
      taken.add(`${row}\t${column}`);
      return { row, column, of: one };
    });
}

/** The picture, and the table below it. */
export function heat(classes: readonly ClassShare[]): Html {
  if (classes.length === 0) return NOTHING;
  const cells = placed(classes);
  const columns = inOrder(cells.map(({ column }) => column));
  const isDrawn = columns.length <= MOST_COLUMNS;
  return html`${isDrawn ? picture(cells, columns) : ''}<details class="as-table"${isDrawn ? '' : ' open data-open'}><summary>Таблицей</summary>
<table class="shares"><caption class="unseen">Доля привязанных по классам</caption><thead><tr><th scope="col">Класс</th><th scope="col" class="num">Привязаны</th><th scope="col" class="num">Доля</th></tr></thead><tbody>${cells.map(
    ({ of }) =>
      html`<tr><th scope="row"><a href="${hrefTo(of)}">${of.title}</a></th><td class="num">${count(of.linked)} из ${count(of.people)}</td><td class="num">${percentOf(of)}\u00a0%</td></tr>
`,
  )}</tbody></table></details>`;
}

/** The picture alone, where a table stands beside it. Nothing where it would be too wide. */
export function heatPicture(classes: readonly ClassShare[]): Html {
  const cells = placed(classes);
  const columns = inOrder(cells.map(({ column }) => column));
  return cells.length === 0 || columns.length > MOST_COLUMNS ? NOTHING : picture(cells, columns);
}

/** Letters first, so that a few longer names break no row. */
function inOrder(names: readonly string[]): string[] {
  return [...new Set(names)].sort(
    (a, b) => Number(a.length > 1) - Number(b.length > 1) || naturalCompare(a, b),
  );
}

/** Units of the picture's height; its width is that of the page, so places across are in percent. */
const HEAD = 18;
const STEP = 24;
const BOX = 22;
const BASELINE = 16;
/** The part of the width that a column of the rows' names takes, in columns. */
const NAMES = 1.1;
/** With fewer columns than this the boxes would be as wide as words. */
const LEAST_COLUMNS = 8;

/**
 * Draws the picture. The table beside it says the same, so screen readers and the keyboard pass it over. A click opens
 * the class.
 */
function picture(cells: readonly Cell[], columns: readonly string[]): Html {
  const rows = [...new Set(cells.map(({ row }) => row))].sort(naturalCompare);
  const width = 100 / (Math.max(columns.length, LEAST_COLUMNS) + NAMES);
  const left = (column: string) => (columns.indexOf(column) + NAMES) * width;
  const top = (row: string) => HEAD + rows.indexOf(row) * STEP;
  const at = (n: number) => `${Math.round(n * 100) / 100}%`;
  return html`<svg class="heat" width="100%" height="${HEAD + rows.length * STEP}" aria-hidden="true">${columns.map(
    (column) => html`<text class="name" x="${at(left(column) + width / 2)}" y="12">${short(column)}</text>`,
  )}${rows.map((row) => html`<text class="name" x="${at((width * NAMES) / 2)}" y="${top(row) + BASELINE}">${short(row)}</text>`)}
${cells.map(({ row, column, of }) => {
  const percent = percentOf(of);
  return html`<a href="${hrefTo(of)}" tabindex="-1" class="${stepOf(percent)}"><title>${of.title}: ${count(of.linked)} из ${count(of.people)}</title><rect x="${at(left(column))}" y="${top(row)}" width="${at(width * 0.95)}" height="${BOX}" rx="4"/><text x="${at(left(column) + width * 0.475)}" y="${top(row) + BASELINE}">${percent}</text></a>
`;
})}</svg>
<p class="legend">${STEPS.map(([from, name], i) => html`<span><i class="${name}"></i>${rangeText(from, STEPS[i - 1]?.[0])}</span>`)}</p>`;
}

function rangeText(from: number, next: number | undefined): string {
  if (next === undefined) return `${from}\u00a0% и больше`;
  return from === 0 ? `меньше ${next}` : `${from}–${next - 1}`;
}

function stepOf(percent: number): string {
  return sure(STEPS.find(([from]) => percent >= from))[1];
}

const ROOM = 3;

/** A box has room for three letters: «А (П)» becomes «АП». */
function short(name: string): string {
  const letters = name.replaceAll(/[^\p{L}\p{N}]/gu, '');
  return letters.length > ROOM ? `${letters.slice(0, ROOM - 1)}…` : letters || name;
}

const hrefTo = ({ id }: ClassShare): string => hrefOf('/unreachable', { classId: id });
