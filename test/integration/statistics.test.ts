import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';

const MANY = 1_000;

test('the planner is told of tables that have changed much without waiting for autovacuum, of no others', async () => {
  await using world = await startTestApp();
  const db = everywhere(world.ctx);
  for (const table of ['person', 'class']) {
    await asOwner(world.ctx, `alter table ${table} set (autovacuum_enabled = false)`);
  }
  await sql`insert into school (id, name) values ('s1', 'Школа')`.execute(db);
  await sql`insert into person (school_id, id) select 's1', n::text from generate_series(1, ${MANY}) n`.execute(
    db,
  );
  await sql`insert into class (school_id, id, title) values ('s1', 'c1', '5А')`.execute(db);
  const known = async () => {
    const { rows } = await sql<{ relname: string }>`select relname from pg_class
      where relname in ('person', 'class') and reltuples > 0 order by 1`.execute(db);
    return rows.map((row) => row.relname);
  };
  const looked = () => {
    world.ctx.wake('statistics');
    return known();
  };
  await expect.poll(looked, { timeout: 20_000 }).toEqual(['person']);
});
