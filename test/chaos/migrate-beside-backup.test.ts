/** A backup reads all tables for hours: what has nothing to migrate does not wait for it, what has says so. */
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { startProgram } from '../support/child-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { use } from '../support/use.ts';

const PROMPT_MS = 10_000;

/** Locks as pg_dump does: ACCESS SHARE on every table, held until it ends. */
async function startBackup({ ownerUrl }: TestDatabase): Promise<{ end: () => Promise<void> }> {
  const backup = new Client({ connectionString: ownerUrl });
  await backup.connect();
  await backup.query('begin');
  const { rows } = await backup.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'bullmq')`,
  );
  await backup.query(`lock table ${rows.map((row) => row.name).join(', ')} in access share mode`);
  let ended: Promise<void> | undefined;
  const end = () => (ended ??= backup.end());
  use({ [Symbol.asyncDispose]: end });
  return { end };
}

test('with nothing to migrate neither a migration nor a start waits for a backup', async () => {
  const database = use(await createTestDatabase());
  await startBackup(database);
  const startedAtMs = performance.now();
  await migrate(database.url);
  expect(performance.now() - startedAtMs).toBeLessThan(PROMPT_MS);
  const program = use(startProgram('start', { DATABASE_URL: database.url }));
  await program.ready();
});

test('a migration beside a backup says what it waits for, leaves the running version its tables, and goes on after it', async () => {
  const database = use(await createTestDatabase());
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  use({ [Symbol.asyncDispose]: () => owner.end() });
  // The database as an earlier version would have left it.
  await owner.query(`delete from mikro_orm_migrations where name = '0030-pace-clock'`);
  await owner.query('alter table sferum_pace drop column asked_at');
  const backup = await startBackup(database);
  const said: string[] = [];
  const waits = Promise.withResolvers<void>();
  const migrating = migrate(database.url, database.url, {
    say(text) {
      said.push(text);
      waits.resolve();
    },
  });
  await waits.promise;
  expect(said[0]).toMatch(/backup under way.*tried again/);
  // Between two tries the migration blocks no reader.
  await owner.query(`set lock_timeout = '1s'`);
  await owner.query('select from sferum_pace');
  await backup.end();
  await migrating;
  await owner.query('select asked_at from sferum_pace');

  const patience = { say: () => undefined, patienceMs: 0 };
  await owner.query(`delete from mikro_orm_migrations where name = '0030-pace-clock'`);
  await owner.query('alter table sferum_pace drop column asked_at');
  await startBackup(database);
  await expect(migrate(database.url, database.url, patience)).rejects.toThrow(/nothing was changed/);
}, 60_000);
