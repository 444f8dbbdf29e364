/** Shows numbers, the words that follow them, and moments, as Russian pages do. */
import { dayIn } from '../../../src/clock.ts';
import { type Html, html } from '../html.ts';

export { shownDay as day } from '../../../src/text/days.ts';
export { count, counted } from '../../../src/text/numbers.ts';

type Shown = 'moment' | 'hour' | 'date';

const FORMATS: Readonly<Record<Shown, Intl.DateTimeFormatOptions>> = {
  moment: { dateStyle: 'short', timeStyle: 'short' },
  hour: { timeStyle: 'short' },
  date: { dateStyle: 'short' },
};
/** The formats by time zone, because making one costs as much as a row of a table. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** An instant (ISO 8601) in the school's time zone: «01.09.2026, 14:05». */
export function moment(instant: string, timeZone: string): Html {
  return timeOf('moment', instant, timeZone);
}

/** Gives a moment where only text may stand, as in an attribute. */
export function momentText(instant: string, timeZone: string): string {
  return timeText('moment', instant, timeZone);
}

/** An instant of the last day in the school's time zone: «14:05». */
export function hour(instant: string, timeZone: string): Html {
  return timeOf('hour', instant, timeZone);
}

/** Since when something is so: «с 14:05» of the day `today` of the school's time zone, else «с 01.09.2026». */
export function since(instant: string, timeZone: string, today: string): Html {
  const isToday = dayIn(timeZone, Date.parse(instant)) === today;
  return html`с\u00a0${timeOf(isToday ? 'hour' : 'date', instant, timeZone)}`;
}

function timeOf(shown: Shown, instant: string, timeZone: string): Html {
  return html`<time datetime="${instant}">${timeText(shown, instant, timeZone)}</time>`;
}

function timeText(shown: Shown, instant: string, timeZone: string): string {
  const key = `${shown} ${timeZone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('ru-RU', { timeZone, ...FORMATS[shown] });
    formats.set(key, format);
  }
  return format.format(new Date(instant));
}
