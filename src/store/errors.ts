/** Reads what a database's error says, whichever layer threw it. */
import { codeOf } from '../errors.ts';

/** Gives the SQLSTATE of a database error, wherever the driver put it; empty for other errors. */
export function stateOf(error: unknown): string {
  for (let e = error; e instanceof Error; e = e.cause) {
    const code = codeOf(e);
    if (code !== '') return code;
  }
  return '';
}

/**
 * The states that time or an operator cures: no connection, no resources, lost races, locks, shutting down, out of
 * disk, read-only.
 */
const PASSING_STATES = /^(08|40|53|57|58)|^25006$|^55P03$|^E[A-Z]{3,}$/;
/**
 * The driver's texts, because it gives no code where a connection ends under a statement or cannot be had in time.
 */
const PASSING_TEXTS =
  /connection terminated|connection error|client was closed|trying to connect|query read timeout/i;

/** Whether a database error says nothing about the work itself, so that the same may well succeed later. */
export function isPassing(error: unknown): boolean {
  if (PASSING_STATES.test(stateOf(error))) return true;
  for (let e = error; e instanceof Error; e = e.cause) if (PASSING_TEXTS.test(e.message)) return true;
  return false;
}
