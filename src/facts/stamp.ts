import { exactInstant } from '../clock.ts';
import type { Stamp } from '../desired/model.ts';

/** The beginning of an import's stamps. */
const IMPORT_PREFIX = 'import:';
/** This character sorts after every id, so a time with more digits counts as the later one. */
const BELOW_MICROSECOND = '\u{10FFFD}';
const MICROSECONDS = 'YYYY-MM-DDTHH:MM:SS.mmmmmm'.length;

/**
 * Makes the stamp of a statement made at `time` (ISO 8601) by `by`. A time counts to its last digit (.NET sends
 * seven). The digits that PostgreSQL cannot keep stand before the id, as a fraction.
 */
export function stampOf(time: string, by: string): Stamp {
  const exact = exactInstant(time);
  const rest = exact.slice(MICROSECONDS, -1);
  const at = `${exact.slice(0, MICROSECONDS)}Z`;
  return { at, by: rest === '' ? by : `${BELOW_MICROSECOND}${rest}/${by}` };
}

/** LIKE patterns for the stamps of imports. */
export const BY_IMPORT = [`${IMPORT_PREFIX}%`, `${BELOW_MICROSECOND}%/${IMPORT_PREFIX}%`];

/** Whether a stamp is an import's. */
export const isOfImport = (by: string): boolean =>
  (by.startsWith(BELOW_MICROSECOND) ? by.slice(by.indexOf('/') + 1) : by).startsWith(IMPORT_PREFIX);

/**
 * Milliseconds since the epoch have no more digits for centuries to come. Padded to this width, texts compare as
 * times do.
 */
const MS_DIGITS = 15;

/**
 * Makes the `by` of an import's stamp. Where two lists have the same `takenAt`, the one that was received later counts.
 */
export function importedBy(receivedAt: Date, operationId: string): string {
  return `${IMPORT_PREFIX}${String(receivedAt.getTime()).padStart(MS_DIGITS, '0')}/${operationId}`;
}
