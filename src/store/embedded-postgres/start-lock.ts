import { DatabaseSync } from 'node:sqlite';
import { pollUntil } from './poll-until.ts';

/** Longer than a start or a stop may take, so that who waits sees how the other ended. */
const LOCK_WAIT_MS = 90_000;

/**
 * Waits until no other process (and no other caller in this one) starts or stops the server of this data
 * directory; dispose to let the next one in. Node has no flock: an SQLite transaction is the same lock of
 * the kernel, gone with its process however that ends, so there is no stale lock to judge.
 */
export async function takeStartLock(path: string): Promise<Disposable> {
  return pollUntil(`the lock ${path}`, LOCK_WAIT_MS, () => {
    const file = new DatabaseSync(path, { timeout: 0 });
    try {
      file.exec('BEGIN EXCLUSIVE');
      return { [Symbol.dispose]: () => file.close() };
    } catch (error) {
      file.close();
      throw error;
    }
  });
}
