import { setTimeout as pause } from 'node:timers/promises';

const POLL_PAUSE_MS = 20;

/**
 * Asks again and again until `probe` gives something other than undefined, and returns that. An error of the probe
 * counts as «not yet», unless it is a FatalError.
 * @throws when `limitMs` have passed, naming `what` was waited for and the probe's last error
 */
export async function pollUntil<T>(
  what: string,
  limitMs: number,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  let lastError: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined) return found;
    } catch (error) {
      if (error instanceof FatalError) throw error;
      lastError = error;
    }
    if (performance.now() > deadline) {
      const last = lastError instanceof Error ? `; last: ${lastError.message}` : '';
      throw new Error(`${what}: not within ${limitMs} ms${last}`, { cause: lastError });
    }
    await pause(POLL_PAUSE_MS);
  }
}

/** An error that waiting cannot cure. */
export class FatalError extends Error {
  override name = 'FatalError';
}
