/** K6: the export gives everything that is held of one person, and nothing of anybody else. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExportedRow, PersonExport } from '../../src/person-export/export-person.ts';
import { NOBODY } from '../../src/person-export/nobody.ts';
import type { Held } from '../../src/person-export/parts.ts';
import { HELD, type HeldTable } from '../../src/person-export/tables.ts';
import { ADMIN, type ChatWorld, HOMEROOM_5A } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { ABOUT_P1, ABOUT_TWO, SECRETS, startHeldWorld } from '../support/held-world.ts';

const OPERATOR = { role: 'operator', school: 's1', sub: 'op7' } as const;
const TABLES = Object.keys(HELD) as HeldTable[];

let world: ChatWorld;
const exports = new Map<string, PersonExport>();
const of = (id: string) => exports.get(id)!;

beforeAll(async () => {
  world = await startHeldWorld();
  const { rows } = await sql<{ id: string }>`select id from person order by id`.execute(db());
  for (const { id } of rows)
    exports.set(id, await world.done<PersonExport>(200, 'GET', `/v1/people/${id}/export`, ADMIN));
  // The access records of these exports themselves are written a moment later, so they do not count here.
});
afterAll(() => world[Symbol.asyncDispose]());

const db = () => everywhere(world.ctx);

test('of every column of the database it is said what an export does with it', async () => {
  const { rows } = await sql<{ name: string }>`
    select c.relname || '.' || a.attname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped and a.attname <> 'school_id' order by 1`.execute(db());
  const columnsOf = ({ given, parts = {}, without = {} }: Held) => [
    ...given,
    ...Object.keys(parts),
    ...Object.values(without).flat(),
  ];
  const said = [
    ...TABLES.flatMap((table) => columnsOf(HELD[table]).map((column) => `${table}.${column}`)),
    ...Object.entries(NOBODY).flatMap(([table, { columns }]) => columns.map((name) => `${table}.${name}`)),
  ];
  const help =
    'say in src/person-export/tables.ts what is his of a new column, or in nobody.ts why it is left out';
  expect(said.sort(), help).toEqual(rows.map(({ name }) => name).sort());
});

describe('of everybody in the school', () => {
  /** Counts the rows that hold the person's id or profile as a value, however deep, or as half of a pair. */
  async function rowsNaming(table: string, id: string): Promise<number> {
    const { rows } = await sql<{ n: number }>`
      with his as (select ${id}::text as v union all select vk_user_id::text from profile_link where person_id = ${id})
      select count(*)::int as n from ${sql.table(table)} t where exists (
        select from jsonb_path_query(to_jsonb(t), 'strict $.**') v
        where v #>> '{}' in (select v from his) or split_part(v #>> '{}', E'\n', 2) = ${id})`.execute(db());
    return rows[0]!.n;
  }

  test('every row of every table that names him is in his export, and no row is but those', async () => {
    const wrong: string[] = [];
    const filled = new Set<string>();
    for (const [id, { held }] of exports) {
      for (const table of TABLES.filter((name) => name !== 'access_record')) {
        const named = await rowsNaming(table, id);
        if (named > 0) filled.add(table);
        if (held[table].length !== named) wrong.push(`${id} ${table}: ${held[table].length} of ${named}`);
      }
      for (const table of Object.keys(NOBODY)) {
        const named = await rowsNaming(table, id);
        if (named > 0) wrong.push(`${id} ${table}: ${named}, and it is said to hold nobody`);
      }
    }
    // The operator with the same subject is another person.
    expect(wrong).toEqual(['p2 told_choice: 0 of 1', 'p2 console_session: 0 of 1']);
    // Each table has something to find.
    expect(TABLES.filter((table) => !filled.has(table))).toEqual(['access_record']);
  });

  test('no other person’s id, name or profile is in it, no words about others, no secret', async () => {
    const { rows: people } = await sql<{ id: string; family: string; vk: string | null }>`
      select p.id, p.family_name as family, l.vk_user_id::text as vk
      from person p left join profile_link l on l.school_id = p.school_id and l.person_id = p.id`.execute(
      db(),
    );
    const leaks: string[] = [];
    for (const [id, all] of exports) {
      const text = JSON.stringify(all);
      const values = new Set(leavesOf(all));
      const own = people.find((one) => one.id === id)!;
      for (const other of people) {
        if (other.id === id) continue;
        if (values.has(other.id)) leaks.push(`${id}: id ${other.id}`);
        if (other.vk !== null && other.vk !== own.vk && values.has(other.vk))
          leaks.push(`${id}: profile of ${other.id}`);
        if (other.family !== own.family && isWordOf(other.family, text))
          leaks.push(`${id}: name of ${other.id}`);
      }
      for (const words of [ABOUT_TWO, ...SECRETS]) if (text.includes(words)) leaks.push(`${id}: ${words}`);
      if (id !== 'p1' && text.includes(ABOUT_P1)) leaks.push(`${id}: words about p1`);
    }
    expect(leaks).toEqual([]);
    // The world holds texts that must not leak.
    const written = await sql`select from exception where reason in (${ABOUT_TWO}, ${ABOUT_P1})`.execute(
      db(),
    );
    expect(written.rows.length).toBe(3);
  });

  test('columns are in camelCase, instants in UTC', () => {
    for (const all of exports.values()) {
      expect(
        Object.values(all.held)
          .flatMap((rows) => rows.flatMap(namesOf))
          .filter((n) => /_/.test(n)),
      ).toEqual([]);
      expect(leavesOf(all).filter((v) => /T\d\d:\d\d:\d\d/.test(v) && !v.endsWith('Z'))).toEqual([]);
    }
  });
});

test('his part of what names others too: orders, grounds, plans, staged lists, words', () => {
  const { held, passedTo } = of('p1');
  expect(held.roster_order).toMatchObject([{ studentIds: ['p1'], items: [{ studentId: 'p1' }] }]);
  const parent = { studentId: 'p1', guardianId: null };
  expect(held.guardian).toMatchObject([parent, parent]);
  expect(held.exception.filter(({ reason }) => reason === ABOUT_P1)).toHaveLength(1);
  expect(held.journal_text).toContainEqual(expect.objectContaining({ personIds: ['p1'], reason: ABOUT_P1 }));
  expect(held.journal_text).toContainEqual(expect.objectContaining({ personIds: ['p1'], reason: null }));
  expect(held.membership).toContainEqual(
    expect.objectContaining({
      personId: null,
      grounds: [expect.objectContaining({ kind: 'guardian', studentId: 'p1' })],
    }),
  );
  const [ofParent] = of('m1').held.membership;
  expect(ofParent).toMatchObject({ personId: 'm1', grounds: [{ kind: 'guardian' }, { kind: 'guardian' }] });
  expect(JSON.stringify(ofParent)).not.toContain('studentId');
  const actions = held.operation_chat.flatMap((row) => row.actions as ExportedRow[]);
  expect(actions).toContainEqual(expect.objectContaining({ action: 'add', personId: 'p1' }));
  expect(held.staged_roster).toContainEqual(
    expect.objectContaining({ kind: 'people', rows: [expect.objectContaining({ id: 'p1' })] }),
  );
  expect(passedTo).toContainEqual(
    expect.objectContaining({ recipient: 'VK', chatTitle: '5А класс', state: 'in' }),
  );
});

test('what he did himself: operations, decisions, drafts, sessions without their secrets', () => {
  const { held } = of('a1');
  expect(held.operation).toContainEqual(
    expect.objectContaining({ kind: 'initialization', createdBy: 'a1', createdByKind: 'person' }),
  );
  expect(held.operation).toContainEqual(
    expect.objectContaining({ createdBy: null, params: { acceptedBy: 'a1' } }),
  );
  expect(held.exception).toContainEqual(
    expect.objectContaining({ authorId: 'a1', personId: null, reason: null }),
  );
  expect(held.journal).toContainEqual(
    expect.objectContaining({ authorId: 'a1', personId: null, what: 'exception', details: {} }),
  );
  expect(held.console_session).toMatchObject([{ subject: 'a1', role: 'school-admin', browser: 'Firefox' }]);
  expect(held.console_session[0]).not.toHaveProperty('digest');
  expect(of('p1').held.profile_linking).toEqual([{ personId: 'p1', expiresAt: expect.any(String) }]);
});

test('who looked at him is said by role; his own looks are his', async () => {
  const one = (id: string) => world.done<PersonExport>(200, 'GET', `/v1/people/${id}/export`, OPERATOR);
  await expect
    .poll(async () => (await one('p2')).held.access_record.map(({ role }) => role))
    .toContain('operator');
  for (const look of (await one('p2')).held.access_record)
    expect(look).toMatchObject({ subject: null, address: null, personIds: ['p2'] });
  const own = (await one('a1')).held.access_record.filter(({ subject }) => subject === 'a1');
  expect(own.length).toBeGreaterThan(exports.size - 1);
  expect(own.flatMap(({ personIds }) => personIds)).toEqual(['a1']);
});

test('school admins and operators alone; nobody of that id is nobody', async () => {
  await world.done(403, 'GET', '/v1/people/p1/export', HOMEROOM_5A);
  await world.done(404, 'GET', '/v1/people/nobody/export', ADMIN);
});

function leavesOf(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [String(value)];
  return Object.values(value).flatMap(leavesOf);
}

function isWordOf(word: string, text: string): boolean {
  return new RegExp(`(?<!\\p{L})${word}(?!\\p{L})`, 'iu').test(text);
}

function namesOf(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, own]) => [
    ...(Array.isArray(value) ? [] : [name]),
    ...namesOf(own),
  ]);
}
