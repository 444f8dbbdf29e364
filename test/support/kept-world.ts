/** Worlds that many tests begin with: made once in a process, ended and kept, and each test starts a copy. */
import type { LedgerEntry } from '../../src/sferum/sandbox/ledger.ts';
import type { TestApp } from './app.ts';
import type { TestDatabase } from './database.ts';

export interface KeptWorld {
  copyDatabase(): Promise<TestDatabase>;
  /** The sandbox's state, each time anew. */
  sandboxState(): unknown;
  /** What has happened at the sandbox. */
  ledger: readonly LedgerEntry[];
  /** Where the links of its rows lead. */
  linkOrigin: string;
  /** When it ended, by its own clock. */
  atMs: number;
}

const kept = new Map<string, Promise<KeptWorld>>();

/** Gives the world that `make` makes. Worlds that differ in anything have different names. */
export function keptWorld(name: string, make: () => Promise<TestApp>): Promise<KeptWorld> {
  const found = kept.get(name);
  if (found) return found;
  const made = make().then((world) => world.keep());
  kept.set(name, made);
  // The next test makes another world, and tells itself what is wrong.
  made.catch(() => kept.delete(name));
  return made;
}
