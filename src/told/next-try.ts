/** When a message that was not received is sent again. Pure. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import { sure } from '../sure.ts';

/** The pause after each try; after the last of them it stays the same. */
const PAUSES_MS = [
  ...[5 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS],
  ...[HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 8 * HOUR_MS],
];

/**
 * Gives when the next try is made. Null once the message was tried for long enough. `attempts`: the tries that were
 * made, 1 or more. A try that would come a little too late comes at the last moment.
 */
export function nextTry(
  attempts: number,
  { nowMs, createdMs, forMs }: { nowMs: number; createdMs: number; forMs: number },
): Date | null {
  const lastMs = createdMs + forMs;
  if (nowMs >= lastMs) return null;
  const pauseMs = sure(PAUSES_MS[Math.min(attempts, PAUSES_MS.length) - 1]);
  return new Date(Math.min(nowMs + pauseMs, lastMs));
}
