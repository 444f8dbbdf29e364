import { afterEach, beforeEach } from 'vitest';
import { Database } from '../../src/store/database.ts';
import { createTestDatabase } from './database.ts';

/** Gives each test of the file a migrated database of its own, open, and takes it away afterwards. */
export function eachWithDatabase(give: (db: Database) => void): void {
  let opened: AsyncDisposableStack;
  beforeEach(async () => {
    await using parts = new AsyncDisposableStack();
    const server = parts.use(await createTestDatabase());
    give(parts.use(await Database.open(server.url, { poolMax: 4 })));
    opened = parts.move();
  });
  afterEach(() => opened.disposeAsync());
}
