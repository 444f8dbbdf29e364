/** Shows numbers, the words that follow them, and moments, as Russian pages do. */
import { type Html, html } from '../html.ts';

const COUNT = new Intl.NumberFormat('ru-RU');
const PLURAL = new Intl.PluralRules('ru-RU');

/** 2712 → «2 712» (with spaces that do not break). */
export function count(n: number): string {
  return COUNT.format(n);
}

/** `plural(3, 'чат', 'чата', 'чатов')` → «чата». */
export function plural(n: number, one: string, few: string, many: string): string {
  const rule = PLURAL.select(n);
  return rule === 'one' ? one : rule === 'few' ? few : many;
}

/** `counted(3, 'чат', 'чата', 'чатов')` → «3 чата». */
export function counted(n: number, one: string, few: string, many: string): string {
  return `${count(n)}\u00a0${plural(n, one, few, many)}`;
}

/** `2026-09-01` → «01.09.2026». */
export function day(text: string): string {
  return text.split('-').reverse().join('.');
}

/** The formats by time zone, because making one costs as much as a row of a table. */
const moments = new Map<string, Intl.DateTimeFormat>();

/** An instant (ISO 8601) in the school's time zone: «01.09.2026, 14:05». */
export function moment(instant: string, timeZone: string): Html {
  return html`<time datetime="${instant}">${momentText(instant, timeZone)}</time>`;
}

/** The same where only text may stand, as in an attribute. */
export function momentText(instant: string, timeZone: string): string {
  let shown = moments.get(timeZone);
  if (!shown) {
    shown = new Intl.DateTimeFormat('ru-RU', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    moments.set(timeZone, shown);
  }
  return shown.format(new Date(instant));
}
