/** Days as text, `YYYY-MM-DD`: counted from, and shown to people. */

const DAY_MS = 24 * 60 * 60 * 1000;

/** Gives the day so many days later, or earlier where `days` is negative. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** `2026-09-01` → «01.09.2026». */
export function shownDay(day: string): string {
  return day.split('-').reverse().join('.');
}
