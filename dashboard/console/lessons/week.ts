import type { Day } from '../../../src/desired/model.ts';
import type { Boundary, LessonItem } from '../../../src/lessons/lesson-rows.ts';
import { plusDays } from '../../../src/text/days.ts';
import { type Html, html } from '../html.ts';
import { linkButton } from '../parts/button.ts';

const WEEK_DAYS = 7;

/** Gives the Monday of a day's week. */
export function mondayOf(day: Day): Day {
  const sinceMonday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % WEEK_DAYS;
  return plusDays(day, -sinceMonday);
}

/** Gives the bounds of a school's week for queries. */
export function weekOf(monday: Day, timeZone: string): { from: Boundary; before: Boundary } {
  return {
    from: { day: monday, plusDays: 0, timeZone },
    before: { day: monday, plusDays: WEEK_DAYS, timeZone },
  };
}

/**
 * Gives the days of a week in the order in which they are read: in the current one today and what is ahead, then the
 * days that are over.
 */
function daysOf(monday: Day, today: Day): { ahead: Day[]; over: Day[] } {
  const days = Array.from({ length: WEEK_DAYS }, (_, n) => plusDays(monday, n));
  const isNow = monday === mondayOf(today);
  return {
    ahead: days.filter((day) => !isNow || day >= today),
    over: days.filter((day) => isNow && day < today),
  };
}

/** Shows every day of a week, those without lessons too. `whole` is false for a part of the week's lessons. */
export function weekSections(
  lessons: ReadonlyMap<Day, readonly LessonItem[]>,
  { monday, today, whole }: { monday: Day; today: Day; whole: boolean },
  table: (day: Day, lessons: readonly LessonItem[]) => Html,
): Html {
  const { ahead, over } = daysOf(monday, today);
  const section = (day: Day) => {
    const own = lessons.get(day) ?? [];
    if (own.length === 0 && !whole) return '';
    return html`<section class="stack"><h2>${dayTitle(day)}${day === today ? html` <span class="tag good">сегодня</span>` : ''}</h2>${
      own.length > 0 ? table(day, own) : html`<p class="muted">Уроков нет</p>`
    }</section>`;
  };
  return html`${ahead.map(section)}${
    over.some((day) => whole || lessons.has(day))
      ? html`<p class="earlier muted">Раньше на этой неделе</p>${over.map(section)}`
      : ''
  }`;
}

const DATE = new Intl.DateTimeFormat('ru-RU', { timeZone: 'UTC', day: 'numeric', month: 'long' });
const DATE_OF_WEEK = new Intl.DateTimeFormat('ru-RU', {
  timeZone: 'UTC',
  ...{ weekday: 'long', day: 'numeric', month: 'long' },
});

/** «четверг, 1 октября» */
export function dayTitle(day: Day): string {
  return DATE_OF_WEEK.format(new Date(`${day}T00:00:00Z`));
}

/** Shows «28 сентября – 4 октября» with links to the weeks beside it, and back to this one. */
export function weekBar(monday: Day, today: Day, href: (week: Day | undefined) => string): Html {
  const until = plusDays(monday, WEEK_DAYS - 1);
  const date = (day: Day) => DATE.format(new Date(`${day}T00:00:00Z`));
  const isNow = monday === mondayOf(today);
  const step = (week: Day, before: string, word: string, after: string) =>
    html`<a class="button plain" href="${href(week)}">${before}<span class="week-word">${word}</span>${after}</a>`;
  return html`<nav class="week" aria-label="Неделя">${step(plusDays(monday, -WEEK_DAYS), '←', 'Предыдущая', '')}
<span class="week-name">${date(monday)} – ${date(until)}</span>
${step(plusDays(monday, WEEK_DAYS), '', 'Следующая', '→')}${
  isNow ? '' : linkButton({ label: 'Сегодня', href: href(undefined), kind: 'quiet' })
}</nav>`;
}
