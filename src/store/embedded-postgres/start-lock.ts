import { DatabaseSync } from 'node:sqlite';
import { pollUntil } from './poll-until.ts';

/** Longer than a start or a stop may take, so that a waiting process sees how the other one ended. */
const LOCK_WAIT_MS = 90_000;

/**
 * Waits until no other process, and no other caller in this one, starts or stops the server of this data directory.
 * Disposing it lets the next one in.
 * Node has no flock. An SQLite transaction takes the same lock of the kernel, which is gone with its process however
 * that ends. So no lock is ever stale.
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
