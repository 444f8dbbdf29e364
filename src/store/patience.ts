import { setTimeout as delay } from 'node:timers/promises';
import { stateOf } from './errors.ts';

/** PostgreSQL's code for having no connection left. Another process may give one back any moment. */
const TOO_MANY_CONNECTIONS = '53300';
const PAUSE_MS = 100;

/** Connects, and waits up to `waitMs` while the server has no connection free. */
export async function whenFree<T>(connect: () => Promise<T>, waitMs: number): Promise<T> {
  const endsAtMs = performance.now() + waitMs;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (stateOf(error) !== TOO_MANY_CONNECTIONS || performance.now() >= endsAtMs) throw error;
      await delay(PAUSE_MS * (1 + Math.random()));
    }
  }
}
