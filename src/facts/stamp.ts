import { exactInstant } from '../clock.ts';
import type { Stamp } from '../desired/model.ts';

/** Statements of imports are stamped so. */
const IMPORT_PREFIX = 'import:';
/** Sorts after every id there can be: what comes with more digits came later. */
const BELOW_MICROSECOND = '\u{10FFFD}';
const MICROSECONDS = 'YYYY-MM-DDTHH:MM:SS.mmmmmm'.length;

/**
 * The stamp of a statement made at `time` (ISO 8601) by `by`. Times count to the last digit given (.NET sends seven): what
 * PostgreSQL cannot keep of them stands before the id, as a fraction.
 */
export function stampOf(time: string, by: string): Stamp {
  const exact = exactInstant(time);
  const rest = exact.slice(MICROSECONDS, -1);
  const at = `${exact.slice(0, MICROSECONDS)}Z`;
  return { at, by: rest === '' ? by : `${BELOW_MICROSECOND}${rest}/${by}` };
}

/** Patterns of LIKE for what an import said. */
export const BY_IMPORT = [`${IMPORT_PREFIX}%`, `${BELOW_MICROSECOND}%/${IMPORT_PREFIX}%`];

/** Whether an import said it. */
export const isOfImport = (by: string): boolean =>
  (by.startsWith(BELOW_MICROSECOND) ? by.slice(by.indexOf('/') + 1) : by).startsWith(IMPORT_PREFIX);

/** Milliseconds since the epoch for centuries to come, so that texts compare as times do. */
const MS_DIGITS = 15;

/** What an import states bears this: of two lists with one `takenAt` the one that was received later counts. */
export function importedBy(receivedAt: Date, operationId: string): string {
  return `${IMPORT_PREFIX}${String(receivedAt.getTime()).padStart(MS_DIGITS, '0')}/${operationId}`;
}
