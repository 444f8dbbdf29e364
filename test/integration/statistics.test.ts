import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';

const MANY = 1_000;
/** Long enough, because PostgreSQL reports changes some seconds late. */
const WAITING = { timeout: 20_000 };

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
  await expect.poll(looked, WAITING).toEqual(['person']);
});

test('what an operation filled while it followed its chats is told to the planner once it has ended', async () => {
  await using world = await startTestApp();
  const db = everywhere(world.ctx);
  const schoolId = await importSmallSchool(world);
  await asOwner(world.ctx, 'alter table person set (autovacuum_enabled = false)');
  const follows = async () => {
    const { rows } =
      await sql`select from operation where school_id = ${schoolId} and params ? 'following'`.execute(db);
    return rows.length > 0;
  };
  const unknownRows = async () => {
    const { rows } = await sql<{ rows: number }>`
      select pg_stat_get_mod_since_analyze('person'::regclass)::int as rows`.execute(db);
    return rows[0]?.rows;
  };
  world.sandbox.world.faults.add({ method: 'messages.createChat', fault: 10 });
  const ended = initializeAll(world, schoolId);
  await expect.poll(follows, WAITING).toBe(true);
  await sql`insert into person (school_id, id) select ${schoolId}, 'more-' || n from generate_series(1, ${MANY}) n`.execute(
    db,
  );
  await expect.poll(unknownRows, WAITING).toBeGreaterThanOrEqual(MANY);
  world.sandbox.world.faults.clear();
  await ended;
  await expect.poll(unknownRows, WAITING).toBe(0);
});
