import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { Database } from '../../src/store/database.ts';
import { assertMigrated, migrate } from '../../src/store/migrate.ts';
import { startTestApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { PGBOUNCER_IS_INSTALLED, startPgbouncer } from '../support/pgbouncer.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';

describe.runIf(PGBOUNCER_IS_INSTALLED)('a pooler in front of PostgreSQL', () => {
  test('is refused in transaction mode, and the text says what to do', async () => {
    await using database = await createTestDatabase();
    await using pooler = await startPgbouncer(database.url, 'transaction');
    await expect(assertMigrated(pooler.url)).rejects.toThrow(/transaction mode.*pool_mode = session/);
    await expect(migrate(pooler.url)).rejects.toThrow(/transaction mode/);
  });

  test('in session mode the sessions have their role and their limits', async () => {
    await using database = await createTestDatabase();
    await using pooler = await startPgbouncer(database.url, 'session');
    await assertMigrated(pooler.url);
    await using db = await Database.open(pooler.url);
    const { rows } = await sql`
      select current_user as who, current_setting('timezone') as zone, current_setting('statement_timeout') as limit`.execute(
      db.ofNone,
    );
    expect(rows).toEqual([{ who: 'sferum_app', zone: 'UTC', limit: '25s' }]);
  });

  test('in session mode a school comes into its chats', async () => {
    await using database = await createTestDatabase();
    await using pooler = await startPgbouncer(database.url, 'session');
    await using world = await startTestApp({ env: { DATABASE_URL: pooler.url } });
    const school = await importSmallSchool(world);
    expect((await initializeAll(world, school)).state).toBe('succeeded');
    expect(await world.differences([school])).toEqual([]);
  });
});
