import { sql } from 'kysely';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { INSERT_ONLY } from '../../migrations/insert-only.ts';
import { tidyUp } from '../../src/ending/tidy-up.ts';
import { dropMonths, makeMonths } from '../../src/rows/months.ts';
import { Database } from '../../src/store/database.ts';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { createOrm } from '../../src/store/orm.ts';
import { APP_ROLE, EVERY_SCHOOL } from '../../src/store/roles.ts';
import { createApiWorld } from '../support/api.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { everywhere } from '../support/everywhere.ts';

const insert = (db: Database, at: string, what: string) =>
  sql`insert into journal (school_id, at, what, cause, author_kind)
    values ('s1', ${at}, ${what}, 'test', 'system')`.execute(db.across('sweep'));

const whereIs = async (db: Database) => {
  const { rows } = await sql<{ what: string; part: string }>`
    select what, tableoid::regclass::text as part from journal order by id`.execute(db.across('sweep'));
  return rows.map(({ what, part }) => `${what} ${part}`);
};

const partsOf = async (db: Database, table: string) => {
  const { rows } = await sql<{ part: string }>`
    select inhrelid::regclass::text as part from pg_inherits where inhparent = ${`public.${table}`}::regclass
    order by 1`.execute(everywhere(db));
  return rows.map(({ part }) => part);
};

test('a row whose month has not been made is kept, and moves to its month once that is made', async () => {
  await using database = await createTestDatabase();
  await using db = await Database.open(database.url);
  await insert(db, '2031-05-31T23:59:59.999Z', 'a');
  await insert(db, '2031-06-01T00:00:00Z', 'b');
  await makeMonths(db.ofNone, '2031-05-17');
  await insert(db, '2031-07-31T00:00:00Z', 'c');
  await insert(db, '2031-08-01T00:00:00Z', 'd');
  expect(await whereIs(db)).toEqual([
    'a journal_2031_05',
    'b journal_2031_06',
    'c journal_2031_07',
    'd journal_rest',
  ]);
  expect(await partsOf(db, 'access_record')).toEqual(expect.arrayContaining(['access_record_2031_07']));
});

test('tidying up makes this month and the next two', async () => {
  await using world = await createApiWorld();
  const clock = { ...world.ctx.clock, now: () => Date.parse('2033-11-30T23:59:00Z') };
  await tidyUp({ ...world.ctx, clock });
  const made = (await partsOf(world.db, 'journal')).filter(
    (part) => part.includes('_2033_') || part.includes('_2034_'),
  );
  expect(made).toEqual(['journal_2033_11', 'journal_2033_12', 'journal_2034_01']);
});

test('several processes make the same months while others write into them: no row is lost', async () => {
  await using database = await createTestDatabase();
  await using db = await Database.open(database.url);
  const writes = Array.from({ length: 40 }, (_, i) =>
    insert(db, `2031-0${(i % 3) + 1}-15T00:00:00Z`, `w${i}`),
  );
  // A process that waits too long for the others gives up and is tried again, here last of all.
  const made = Promise.allSettled(Array.from({ length: 4 }, () => makeMonths(db.ofNone, '2031-01-01')));
  await Promise.all(writes);
  await made;
  await makeMonths(db.ofNone, '2031-01-01');
  const places = await whereIs(db);
  expect(places).toHaveLength(40);
  expect(places.filter((place) => place.endsWith('journal_rest'))).toEqual([]);
});

test('a month is dropped whole, with what was written beside it; the last 90 days are refused', async () => {
  await using database = await createTestDatabase();
  await using db = await Database.open(database.url);
  await makeMonths(db.ofNone, '2019-01-01');
  for (const at of ['2019-01-31T00:00:00Z', '2019-02-01T00:00:00Z', '2018-12-31T00:00:00Z'])
    await insert(db, at, at);
  await sql`insert into journal_text (journal_id, school_id, at, what, cause, reason)
    select id, school_id, at, what, cause, 'слова' from journal`.execute(db.across('sweep'));
  expect(await dropMonths(db.across('sweep'), 'journal', '2019-02-20')).toEqual({ months: 1, rows: 1 });
  expect(await whereIs(db)).toEqual(['2019-02-01T00:00:00Z journal_2019_02']);
  const { rows } = await sql`select at from journal_text`.execute(db.across('sweep'));
  expect(rows).toHaveLength(1);
  await expect(
    dropMonths(db.across('sweep'), 'journal', new Date().toISOString().slice(0, 10)),
  ).rejects.toThrow('the last 90 days of journal stay');
  await expect(dropMonths(db.across('sweep'), 'school' as 'journal', '2019-02-20')).rejects.toThrow(
    'no table by month',
  );
});

test('the journal from before has moved into its months, its words beside it, its ids going on', async () => {
  await using database = await createEmptyDatabase();
  await upTo(database.url, '0010-person-parts');
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`
      insert into school (id, name) values ('s1', 'Школа');
      insert into person (school_id, id, roles, stated_at, stated_by) values ('s1', 'a1', '{staff}', now(), 'import');
      insert into chat (id, school_id, type, title, title_key, created_at)
        values ('00000000-0000-4000-8000-000000000001', 's1', 'class', '5А', '5а', now());
      insert into operation (id, school_id, kind, created_by, created_at)
        values ('00000000-0000-4000-8000-000000000002', 's1', 'initialization', 'a1', now());
      insert into journal (school_id, at, chat_id, person_id, what, cause, details)
        select 's1', at::timestamptz, '00000000-0000-4000-8000-000000000001', person, what, cause, details::jsonb from (values
          ('2026-08-31T23:30:00Z', null, 'change', 'edit:1',
            '{"by": "a1", "reason": "по просьбе мамы", "title": "Новое", "titleBefore": "Старое"}'),
          ('2026-08-31T23:30:00Z', 'p1', 'exception', 'edit:1', '{"member": "excluded"}'),
          ('2026-09-01T00:30:00Z', 'p2', 'exception-dropped', 'initialization:00000000-0000-4000-8000-000000000002',
            '{"member": "added", "reason": "слова"}'),
          ('2026-09-01T00:30:00Z', null, 'sferum-add', 'event:1', '{"userId": 7, "reason": "privacy"}')
        ) as v(at, person, what, cause, details)`);
    await upTo(database.url, '0014-trail');
    await client.query(
      `insert into journal (school_id, at, what, cause) values ('s1', '2026-09-02', 'new', 'x')`,
    );
    const { rows } =
      await client.query(`select id::int, what, tableoid::regclass::text as part, author_id, author_kind,
      details from journal order by id`);
    expect(rows).toEqual([
      {
        ...{ id: 1, what: 'change', part: 'journal_2026_08', author_id: 'a1', author_kind: 'person' },
        details: { renamed: true },
      },
      {
        ...{ id: 2, what: 'exception', part: 'journal_2026_08', author_id: 'a1', author_kind: 'person' },
        details: { member: 'excluded' },
      },
      {
        ...{
          id: 3,
          what: 'exception-dropped',
          part: 'journal_2026_09',
          author_id: 'a1',
          author_kind: 'person',
        },
        details: { member: 'added' },
      },
      {
        ...{ id: 4, what: 'sferum-add', part: 'journal_2026_09', author_id: null, author_kind: 'unknown' },
        details: { userId: 7, reason: 'privacy' },
      },
      {
        ...{ id: 5, what: 'new', part: 'journal_2026_09', author_id: null, author_kind: 'unknown' },
        details: {},
      },
    ]);
    const texts = await client.query(
      'select journal_id::int as id, reason, title, person_ids from journal_text order by 1',
    );
    expect(texts.rows).toEqual([
      { id: 1, reason: 'по просьбе мамы', title: 'Новое', person_ids: ['p1'] },
      { id: 3, reason: 'слова', title: null, person_ids: ['p2'] },
    ]);
  } finally {
    await client.end();
  }
});

async function upTo(url: string, name: string): Promise<void> {
  const orm = await createOrm(url, { poolMax: 1, asOwner: true, migrations: MIGRATIONS });
  try {
    await orm.migrator.up({ to: name });
  } finally {
    await orm.close(true);
  }
}

test.each([APP_ROLE, EVERY_SCHOOL])(
  '%s changes nothing of what has been written, in the table or in a month',
  async (role) => {
    await using database = await createTestDatabase();
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    try {
      await owner.query(`set role ${role}; set app.school = 's1'`);
      await owner.query(
        `select make_month(t, '2031-01-01') from unnest(array['journal', 'access_record']) t`,
      );
      await owner.query(
        `insert into journal (school_id, at, what, cause, author_kind) values ('s1', '2031-01-02', 'x', 'x', 'system')`,
      );
      await owner.query(
        `insert into access_record (school_id, at, subject, role, what) values ('s1', '2031-01-02', 'x', 'x', 'x')`,
      );
      for (const table of INSERT_ONLY) {
        for (const part of [table, `${table}_2031_01`, `${table}_rest`]) {
          for (const change of [
            `update ${part} set what = 'y'`,
            `delete from ${part}`,
            `truncate ${part}`,
            `drop table ${part}`,
          ]) {
            await expect(owner.query(change), change).rejects.toThrow(/permission denied|must be owner/);
          }
        }
      }
    } finally {
      await owner.end();
    }
  },
);
