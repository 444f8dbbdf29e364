/** The second wall (rule 16): whatever a query forgets, the database shows it one school alone. */
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beyondSchool, Database, type Sql } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { APP_ROLE, EVERY_SCHOOL } from '../../src/store/roles.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RosterFiles, rosterFiles } from '../support/roster-files.ts';

const [OWN, OTHER] = ['s1', 's2'] as const;
const INSUFFICIENT_PRIVILEGE = '42501';
const UNKNOWN_SCHOOL = '23503';

let world: TestApp;
let owner: Client;

beforeAll(async () => {
  world = await startTestApp();
  await world.importRoster(rosterFiles());
  await world.importRoster(ofOther(rosterFiles()));
  for (const schoolId of [OWN, OTHER]) {
    await world.commands.initialize({
      ...{ schoolId, types: ['staff', 'class', 'parents', 'subject'], dryRun: false, strict: false },
      ...{ asOf: null, by: { id: 'a1', kind: 'person' } },
    });
  }
  await world.settled();
  owner = new Client({ connectionString: world.app.databaseUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world[Symbol.asyncDispose]();
});

/** The same people under the same ids in another school, with profiles of their own. */
function ofOther(files: RosterFiles): RosterFiles {
  const changed = Object.entries(files).map(([name, text]) => [
    name,
    text.replaceAll(OWN, OTHER).replaceAll('{VK:', '{VK:9'),
  ]);
  return Object.fromEntries(changed);
}

/** Gives every table with a school, and the column of the school. */
async function schoolTables(): Promise<{ table: string; column: string }[]> {
  const { rows } = await owner.query<{ table: string; column: string }>(`
    select c.relname as table, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and not a.attisdropped and (a.attname = 'school_id' or c.relname = 'school' and a.attname = 'id') order by 1`);
  return rows;
}

const schoolsSeen = async (db: Sql, { table, column }: { table: string; column: string }) => {
  const { rows } = await sql<{ school: string }>`
    select distinct ${sql.ref(column)} as school from ${sql.table(table)}`.execute(db);
  return rows.map((row) => row.school);
};

describe('a school', () => {
  test('finds no row of another in any table, and its own in those that are filled', async () => {
    const own = world.ctx.db.of(OWN);
    const everywhere = world.ctx.db.across('figures');
    const crossed: string[] = [];
    let filledByBoth = 0;
    for (const table of await schoolTables()) {
      const all = await schoolsSeen(everywhere, table);
      if (all.includes(OWN) && all.includes(OTHER)) filledByBoth += 1;
      const seen = await schoolsSeen(own, table);
      if (seen.some((school) => school !== OWN)) crossed.push(table.table);
      if (all.includes(OWN)) expect(seen, table.table).toEqual([OWN]);
    }
    expect(crossed).toEqual([]);
    // There is something to compare: facts, lists, what Sferum has, plans.
    expect(filledByBoth).toBeGreaterThan(10);
  });

  test('changes and deletes no row of another, whatever the statement says', async () => {
    for (const { table, column } of await schoolTables()) {
      const touched = await world.ctx.db
        .transactionOf(OWN, async ({ sql: tx }) => {
          const updated = await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)}
            where ${sql.ref(column)} = ${OTHER} returning 1`.execute(tx);
          const deleted =
            await sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${OTHER} returning 1`.execute(
              tx,
            );
          return updated.rows.length + deleted.rows.length;
        })
        // A table that is only added to does not allow even that.
        .catch((error: { code?: string }) =>
          error.code === INSUFFICIENT_PRIVILEGE ? 0 : Promise.reject(error),
        );
      expect(touched, table).toBe(0);
    }
  });

  test('puts no row into another', async () => {
    const insert = sql`insert into person (school_id, id) values (${OTHER}, 'planted')`;
    await expect(insert.execute(world.ctx.db.of(OWN))).rejects.toMatchObject({
      code: INSUFFICIENT_PRIVILEGE,
    });
    const move = sql`update person set school_id = ${OTHER}`;
    await expect(move.execute(world.ctx.db.of(OWN))).rejects.toMatchObject({ code: INSUFFICIENT_PRIVILEGE });
  });

  test.each(['', 's', "s1' or '1'='1", 's2\0', '*'])('named %j is nobody', async (schoolId) => {
    expect(await schoolsSeen(world.ctx.db.of(schoolId), { table: 'person', column: 'school_id' })).toEqual(
      [],
    );
  });
});

test.each(['person', 'enrollment', 'guardian', 'class'])(
  'a row of %s names a school that is there',
  async (table) => {
    const keys = {
      person: 'id',
      class: 'id',
      guardian: 'guardian_id, student_id',
      enrollment: 'unit, unit_id, student_id',
    };
    const columns = keys[table as keyof typeof keys];
    const values = columns.split(', ').map((column) => (column === 'unit' ? 'class' : 'x'));
    const insert = sql`insert into ${sql.table(table)} (school_id, ${sql.raw(columns)}) values ('nowhere', ${sql.join(values)})`;
    await expect(insert.execute(world.ctx.db.across('figures'))).rejects.toMatchObject({
      code: UNKNOWN_SCHOOL,
    });
  },
);

test('a connection that names no school finds nothing, the tables’ owner’s included', async () => {
  for (const { table } of await schoolTables()) {
    const { rows } = await owner.query(`select from ${table} limit 1`);
    expect(rows, table).toEqual([]);
  }
  expect(await schoolsSeen(world.ctx.db.ofNone, { table: 'person', column: 'school_id' })).toEqual([]);
});

test('within a school, a look beyond it ends with the look', async () => {
  const seen = await world.ctx.db.transactionOf(OWN, async ({ sql: tx }) => {
    const person = { table: 'person', column: 'school_id' };
    const beyond = await beyondSchool(tx, 'profiles', () => schoolsSeen(tx, person));
    return { beyond: beyond.length, after: await schoolsSeen(tx, person) };
  });
  expect(seen).toEqual({ beyond: 2, after: [OWN] });
});

test('a login that may not make the roles is told what an administrator runs', async () => {
  const url = new URL(world.app.databaseUrl);
  await using database = await createTestDatabase();
  const administrator = new Client({ connectionString: database.ownerUrl });
  await administrator.connect();
  const login = `plain_${url.pathname.slice(6, 14)}`;
  try {
    await administrator.query(`create role ${login} login password 'p'`);
    const plain = new URL(database.url);
    plain.username = login;
    plain.password = 'p';
    const refused = await migrate(plain.href).catch((error: Error) => error.message);
    const statements = String(refused).split('\n').slice(1);
    expect(statements).toEqual([
      expect.stringContaining(`grant ${APP_ROLE} to "${login}"`),
      expect.stringContaining(`grant ${EVERY_SCHOOL} to "${login}"`),
    ]);
    await administrator.query(statements.join('\n'));
    // Now only one thing can refuse it: the tables belong to another role.
    await expect(migrate(plain.href)).rejects.not.toThrow('administrator');
  } finally {
    await administrator.query(`drop owned by ${login}`).catch(() => undefined);
    await administrator.query(`drop role if exists ${login}`);
    await administrator.end();
  }
});

test('a policy of another wording is put right by the next migration run', async () => {
  await using database = await createTestDatabase();
  const administrator = new Client({ connectionString: database.ownerUrl });
  await administrator.connect();
  const policy = async () => {
    const { rows } = await administrator.query<{ qual: string }>(
      "select qual from pg_policies where tablename = 'person' and policyname = 'own_school'",
    );
    return rows[0]!.qual;
  };
  try {
    const right = await policy();
    await administrator.query(
      "alter policy own_school on person using (school_id = current_setting('app.school', true))",
    );
    expect(await policy()).not.toBe(right);
    await migrate(database.ownerUrl);
    expect(await policy()).toBe(right);
  } finally {
    await administrator.end();
  }
});

describe('a connection given back', () => {
  const settings = async (db: Sql) => {
    const { rows } = await sql<{ school: string; role: string; pid: number }>`
      select coalesce(current_setting('app.school', true), '') as school, current_user::text as role,
        pg_backend_pid() as pid`.execute(db);
    return rows[0]!;
  };

  test('carries no school and no role, after success and failure, alone and in transactions', async () => {
    await using database = await createTestDatabase();
    // One connection alone: what a request left on it, the next would find.
    await using db = await Database.open(database.url, { poolMax: 1 });
    const broken = sql`select 1 / 0`;
    const boom = () => Promise.reject(new Error('boom'));
    const uses: (() => Promise<unknown>)[] = [
      () => settings(db.of(OWN)),
      () => broken.execute(db.of(OWN)),
      () => db.transactionOf(OWN, ({ sql: tx }) => settings(tx)),
      () => db.transactionOf(OWN, boom),
      () => db.transactionOf(OWN, ({ sql: tx }) => broken.execute(tx)),
      () => db.transactionOf(OWN, ({ sql: tx }) => beyondSchool(tx, 'profiles', boom)),
      () => settings(db.across('figures')),
      () => broken.execute(db.across('figures')),
      () => db.transactionAcross('figures', ({ sql: tx }) => settings(tx)),
      () => db.transactionAcross('figures', boom),
    ];
    const { pid } = await settings(db.ofNone);
    for (const use of uses) {
      await use().catch(() => undefined);
      expect(await settings(db.ofNone)).toEqual({ school: '', role: APP_ROLE, pid });
    }
  });

  test('each door names its own, also when many ask at once', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `s${at}`);
    const seen = await Promise.all(ids.map(async (id) => (await settings(world.ctx.db.of(id))).school));
    expect(seen).toEqual(ids);
    expect((await settings(world.ctx.db.across('figures'))).role).toBe(EVERY_SCHOOL);
  });
});
