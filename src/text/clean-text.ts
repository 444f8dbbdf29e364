import { sure } from '../sure.ts';

/**
 * Controls (NUL included), marks of writing direction, invisible joins, lone surrogates, private and unassigned
 * code points, and the replacement character that stands for what could not be decoded.
 */
const UNWANTED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\uFFFD]/gu;

/** What nearly all names and titles are: words between single spaces, and nothing that a composed form would change. */
const CLEAN = /^[!-~А-яЁё«»№–—]+(?: [!-~А-яЁё«»№–—]+)*$/;

/** A name or title as it may be stored and shown: one line, visible characters, single spaces, composed (reliability 16). */
export function cleanText(text: string): string {
  if (text === '' || CLEAN.test(text)) return text;
  return text.replace(/\s+/gu, ' ').replace(UNWANTED, '').replace(/ {2,}/g, ' ').trim().normalize('NFC');
}

/** What nearly all ids are made of. */
const CLEAN_ID = /^[!-~]+$/;

/** Whether the text can be an id as it stands. */
export function isCleanId(text: string): boolean {
  return CLEAN_ID.test(text) || (text !== '' && text.search(UNWANTED) === -1);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the text is a day of the calendar, `YYYY-MM-DD`, that PostgreSQL holds too. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const [year, month, day] = [numberIn(text, 0, 4), numberIn(text, 5, 7), numberIn(text, 8, 10)];
  if (year < 1900 || month < 1 || month > 12 || day < 1) return false;
  // Every month has these days, and only the others are worth a calendar.
  return day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Reads digits, without making text of them: a roster has two days in most of its rows. */
function numberIn(text: string, from: number, end: number): number {
  let number = 0;
  for (let at = from; at < end; at++) number = number * 10 + text.charCodeAt(at) - ZERO;
  return number;
}

const ZERO = '0'.charCodeAt(0);

/** Reads a day as people type it, ДД.ММ.ГГГГ, or as forms of browsers send it. Undefined where it is neither. */
export function typedDay(text: string): string | undefined {
  const [, day, month, year] = /^\s*(\d{1,2})\.(\d{1,2})\.(\d{4})\s*$/.exec(text) ?? [];
  const iso = year ? `${year}-${sure(month).padStart(2, '0')}-${sure(day).padStart(2, '0')}` : text.trim();
  return isDay(iso) ? iso : undefined;
}

const FIRST_MS = Date.UTC(1900);
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Whether an ISO 8601 text is an instant of the years that `isDay` knows: beyond them PostgreSQL reads it otherwise. */
export function isInstant(text: string): boolean {
  const ms = Date.parse(text);
  return ms >= FIRST_MS && ms <= LAST_MS;
}
