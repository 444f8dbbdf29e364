import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';
import { rosterFiles } from '../support/roster-files.ts';

test('after an import the planner knows its tables without waiting for autovacuum', async () => {
  await using world = await startTestApp();
  const db = everywhere(world.ctx);
  for (const table of ['person', 'enrollment', 'guardian']) {
    await asOwner(world.ctx, `alter table ${table} set (autovacuum_enabled = false)`);
  }
  await world.importRoster(rosterFiles());
  const known = async () => {
    const { rows } = await sql<{ relname: string }>`select relname from pg_class
      where relname in ('person', 'enrollment', 'guardian') and reltuples > 0 order by 1`.execute(db);
    return rows.map((row) => row.relname);
  };
  await expect.poll(known, { timeout: 10_000 }).toEqual(['enrollment', 'guardian', 'person']);
});
