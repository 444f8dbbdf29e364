/** K6: every table that grows has an end. What has passed its term goes, and nothing else. */

import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { endDue } from '../../src/ending/end-due.ts';
import { ENDS } from '../../src/ending/ends.ts';
import { makeMonths } from '../../src/rows/months.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { everywhere } from '../support/everywhere.ts';
import { addSchool } from '../support/seeds.ts';

let world: ApiWorld;
beforeAll(async () => {
  // Batches are so small that more than one is needed.
  world = await createApiWorld({ env: { LIMIT_ENDING_BATCH_ROWS: '10' } });
  for (const school of ['s1', 's2']) await addSchool(world.db, school);
});
afterAll(() => world[Symbol.asyncDispose]());

const run = (text: string, ...values: unknown[]) => {
  const parts = text.split('?');
  return sql`${sql.join(
    parts.flatMap((part, i) => [sql.raw(part), ...(i < values.length ? [sql`${values[i]}`] : [])]),
    sql``,
  )}`.execute(everywhere(world));
};
const count = async (from: string) => {
  const { rows } = (await run(`select count(*)::int as n from ${from}`)) as { rows: { n: number }[] };
  return rows[0]!.n;
};

test('every table of the database has an end, or a reason why it does not grow', async () => {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p') and not relispartition order by 1`.execute(everywhere(world));
  expect(Object.keys(ENDS).sort()).toEqual(rows.map(({ name }) => name).sort());
  const dropped = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_partitioned_table p on p.partrelid = c.oid order by 1`.execute(
    everywhere(world),
  );
  const byMonth = Object.entries(ENDS).flatMap(([table, { by }]) => (by === 'month' ? [table] : []));
  expect(byMonth.sort()).toEqual(dropped.rows.map(({ name }) => name));
});

test('docs/personal-data.md says of every table what is held, and the terms are those of the limits', () => {
  const text = readFileSync(new URL('../../docs/personal-data.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z_]+)` \|(.*)$/gm)];
  expect(rows.map(([, table]) => table).sort()).toEqual(Object.keys(ENDS).sort());
  for (const [, table, rest] of rows) {
    const end: { by: string; keep?: string } = ENDS[table as keyof typeof ENDS];
    if (end.keep) expect(rest, table).toContain(`\`${end.keep}\``);
  }
});

/** Makes a row as many days old as asked. The second column says what the row is called in the table. */
const MADE: Record<
  string,
  { keep: string; make: (name: string, at: Date) => Promise<unknown>; named: string }
> = {
  delay_day: {
    keep: 'keepDelaysDays',
    make: (name, at) => run(`insert into delay_day values (?, ?, '{"1": 1}', 1)`, name.slice(0, 2), at),
    named: "school_id || ''",
  },
  operation: {
    keep: 'keepOperationsDays',
    make: (name, at) =>
      run(
        "insert into operation (id, school_id, kind, state, created_by, created_at, finished_at) values (gen_random_uuid(), 's1', ?, 'succeeded', 'x', ?, ?)",
        ...[name, at, at],
      ),
    named: 'kind',
  },
  lesson: {
    keep: 'keepLessonsDays',
    make: async (name, at) => {
      await run(
        "insert into lesson (school_id, id, starts_at, ends_at, stated_at, stated_by) values ('s1', ?, ?, ?, ?, 'e')",
        ...[name, at, at, at],
      );
      await run(
        "insert into meeting (school_id, lesson_id, author_id, asked_at, condition_since) values ('s1', ?, 'x', ?, ?)",
        ...[name, at, at],
      );
      await run(
        "insert into meeting_call (id, school_id, lesson_id, state, started_at) values (gen_random_uuid(), 's1', ?, 'ended', ?)",
        ...[name, at],
      );
    },
    named: 'id',
  },
  chat_draft: {
    keep: 'keepDraftsDays',
    make: (name, at) =>
      run(
        "insert into chat_draft (id, school_id, author_id, touched_at) values (gen_random_uuid(), 's1', ?, ?)",
        ...[name, at],
      ),
    named: 'author_id',
  },
  chat: {
    keep: 'keepDeletedChatsDays',
    make: (name, at) =>
      run(
        "insert into chat (id, school_id, type, title, title_key, created_at, deleted_at, settled_generation) values (gen_random_uuid(), 's1', 'staff', ?, ?, ?, ?, 1)",
        ...[name, name, at, at],
      ),
    named: 'title',
  },
  roster_order: {
    keep: 'keepOrdersDays',
    make: (name, at) =>
      run(
        "insert into roster_order (school_id, id, kind, effective_on, student_ids, issued_at, issued_by) values ('s1', ?, 'withdrawal', ?, array['nobody'], ?, 'e')",
        ...[name, at, at],
      ),
    named: 'id',
  },
  enrollment: {
    keep: 'keepGoneFactsDays',
    make: (name, at) =>
      run(
        "insert into enrollment (school_id, unit, unit_id, student_id, gone_at, gone_by) values ('s1', 'class', 'c', ?, ?, 'e')",
        ...[name, at],
      ),
    named: 'student_id',
  },
  guardian: {
    keep: 'keepGoneFactsDays',
    make: (name, at) =>
      run(
        "insert into guardian (school_id, guardian_id, student_id, gone_at, gone_by) values ('s1', ?, 'p', ?, 'e')",
        ...[name, at],
      ),
    named: 'guardian_id',
  },
  class: {
    keep: 'keepGoneFactsDays',
    make: (name, at) =>
      run("insert into class (school_id, id, gone_at, gone_by) values ('s1', ?, ?, 'e')", name, at),
    named: 'id',
  },
  subject_group: {
    keep: 'keepGoneFactsDays',
    make: (name, at) =>
      run("insert into subject_group (school_id, id, gone_at, gone_by) values ('s1', ?, ?, 'e')", name, at),
    named: 'id',
  },
  received_event: {
    keep: 'keepEventIdsDays',
    make: (name, at) =>
      run(
        "insert into received_event (school_id, id, type, time, received_at) values ('s1', ?, 'x', ?, ?)",
        ...[name, at, at],
      ),
    named: 'id',
  },
};

test('rows past their term go, in batches; younger ones stay', async () => {
  const { limits } = world.ctx.config;
  const now = world.ctx.clock.now();
  for (const [table, { keep, make }] of Object.entries(MADE)) {
    const termMs = limits[keep as 'keepLessonsDays'] * DAY_MS;
    const names = table === 'delay_day' ? ['s1'] : ['old', 'old2', 'old3'];
    for (const name of names) await make(name, new Date(now - termMs - DAY_MS));
    if (table !== 'delay_day' && table !== 'chat_draft')
      for (let i = 0; i < 12; i++) await make(`old-${i}`, new Date(now - termMs - DAY_MS));
    await make(table === 'delay_day' ? 's2' : 'young', new Date(now - termMs + DAY_MS));
  }
  expect(await endDue(world.ctx)).toBe(true);
  for (const [table, { named }] of Object.entries(MADE)) {
    const { rows } = (await run(`select ${named} as name from ${table}`)) as { rows: { name: string }[] };
    expect(
      rows.map(({ name }) => name),
      table,
    ).toEqual([table === 'delay_day' ? 's2' : 'young']);
  }
  expect(await count('meeting')).toBe(1);
  expect(await count('meeting_call')).toBe(1);
});

test('what still says something stays, however old', async () => {
  const old = new Date(world.ctx.clock.now() - 5000 * DAY_MS);
  await run(
    "insert into person (school_id, id, roles, stated_at, stated_by) values ('s1', 'here', '{student}', ?, 'e'), ('s1', 'pupil', '{student}', ?, 'e')",
    ...[old, old],
  );
  await run(
    "insert into roster_order (school_id, id, kind, effective_on, student_ids, items, issued_at, issued_by) values ('s1', 'of-somebody', 'enrollment', ?, array['here', 'gone'], ?, ?, 'e')",
    ...[old, '[{"studentId": "here", "classId": "c"}, {"studentId": "gone", "classId": "c"}]', old],
  );
  await run(
    "insert into enrollment (school_id, unit, unit_id, student_id, gone_at, gone_by) values ('s1', 'class', 'c', 'here', ?, 'e')",
    old,
  );
  await run(
    "insert into enrollment (school_id, unit, unit_id, student_id, stated_at, stated_by) values ('s1', 'class', 'c', 'pupil', ?, 'e')",
    old,
  );
  await run(
    "insert into class (school_id, id, stated_at, stated_by) values ('s1', 'kept-class', ?, 'e')",
    old,
  );
  await run(
    "insert into chat (id, school_id, key, type, class_id, title, title_key, created_at, deleted_at, settled_generation, recreate) values (gen_random_uuid(), 's1', 'class:kept-class', 'class', 'kept-class', 'never again', '', ?, ?, 1, false)",
    ...[old, old],
  );
  await run(
    "insert into operation (id, school_id, kind, state, created_by, created_at) values (gen_random_uuid(), 's1', 'held-one', 'held', 'x', ?)",
    old,
  );
  expect(await endDue(world.ctx)).toBe(true);
  expect(await count("roster_order where id = 'of-somebody'")).toBe(1);
  expect(await count("enrollment where student_id in ('here', 'pupil')")).toBe(2);
  expect(await count("chat where title = 'never again'")).toBe(1);
  expect(await count("operation where kind = 'held-one'")).toBe(1);
  await run("delete from operation where kind = 'held-one'");
});

test('sessions, tokens and linkings go with their own end; an import goes after its schools', async () => {
  const now = world.ctx.clock.now();
  for (const [name, at] of [
    ['over', new Date(now - 1000)],
    ['on', new Date(now + DAY_MS)],
  ] as const) {
    await run(
      "insert into console_session (digest, school_id, subject, role, created_at, expires_at) values (?::bytea, '*', ?, 'operator', ?, ?)",
      ...[Buffer.from(name), name, at, at],
    );
    await run('insert into used_token (jti, expires_at) values (?, ?)', name, at);
    await run(
      "insert into profile_linking (digest, school_id, person_id, verifier_sealed, expires_at) values (?::bytea, 's1', ?, 'x', ?)",
      ...[Buffer.from(name), name, at],
    );
  }
  const old = new Date(now - 1000 * DAY_MS);
  await run(
    "with parent as (insert into operation (id, kind, state, created_by, created_at, finished_at) values (gen_random_uuid(), 'roster-import', 'succeeded', 'x', ?, ?) returning id) insert into operation (id, school_id, kind, state, created_by, created_at, finished_at, parent_id) select gen_random_uuid(), 's2', 'roster-import', 'succeeded', 'x', ?, ?, id from parent",
    ...[old, old, old, new Date(now)],
  );
  expect(await endDue(world.ctx)).toBe(true);
  expect(await count("console_session where subject in ('over', 'on')")).toBe(1);
  expect(await count("used_token where jti in ('over', 'on')")).toBe(1);
  expect(await count("profile_linking where person_id in ('over', 'on')")).toBe(1);
  expect(await count("operation where kind = 'roster-import'")).toBe(2);
  await run("update operation set finished_at = ? where school_id = 's2'", old);
  await endDue(world.ctx);
  await endDue(world.ctx);
  expect(await count("operation where kind = 'roster-import'")).toBe(0);
});

test('months of the journal and of who looked go after terms of their own', async () => {
  const { limits } = world.ctx.config;
  const now = world.ctx.clock.now();
  const daysAgo = (days: number) => new Date(now - days * DAY_MS);
  for (const days of [limits.keepJournalDays + 40, limits.keepAccessRecordsDays + 40]) {
    const at = daysAgo(days);
    await makeMonths(world.db.ofNone, at.toISOString().slice(0, 10));
    await run(
      "insert into journal (school_id, at, what, cause, author_kind) values ('s1', ?, 'x', 'x', 'system')",
      at,
    );
    await run(
      "insert into access_record (school_id, at, subject, role, what) values ('s1', ?, 'x', 'x', 'x')",
      at,
    );
  }
  expect(await endDue(world.ctx)).toBe(true);
  expect(await count("journal where what = 'x'")).toBe(1);
  expect(await count("access_record where what = 'x'")).toBe(0);
});

test('several processes at once do it once, and none of them fails', async () => {
  const at = new Date(world.ctx.clock.now() - 1000 * DAY_MS);
  for (let i = 0; i < 60; i++) await MADE.enrollment!.make(`race-${i}`, at);
  const all = await Promise.all(Array.from({ length: 4 }, () => endDue(world.ctx)));
  if (!all.every(Boolean)) expect(await endDue(world.ctx)).toBe(true);
  expect(await count("enrollment where student_id like 'race-%'")).toBe(0);
});
