/** What a database's error says, whichever layer gave it. */

/** The SQLSTATE of a database error, wherever the driver put it; empty for others. */
export function stateOf(error: unknown): string {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code } = e as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return '';
}

/** No connection, no resources, lost races, locks, shutting down, out of disk, read-only: what time or an operator cures. */
const PASSING_STATES = /^(08|40|53|57|58)|^25006$|^55P03$|^E[A-Z]{3,}$/;
/** The driver gives no code where a connection ends under a statement, or is not to be had in time. */
const PASSING_TEXTS =
  /connection terminated|connection error|client was closed|trying to connect|query read timeout/i;

/** Whether a database error says nothing about the work itself: the same may well succeed later. */
export function isPassing(error: unknown): boolean {
  if (PASSING_STATES.test(stateOf(error))) return true;
  for (let e = error; e instanceof Error; e = e.cause) if (PASSING_TEXTS.test(e.message)) return true;
  return false;
}
