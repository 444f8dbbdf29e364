/** Statements written as SQL name only columns that the entities have. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ENTITIES } from '../../src/store/entities.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = ['src', 'jobs', 'workers', 'dashboard'];
/** Columns that every row of every table has. */
const SYSTEM = ['ctid', 'xmin', 'xmax'];

const COLUMNS = new Map<string, ReadonlySet<string>>(
  ENTITIES.map(({ tableName, properties }) => [
    tableName,
    new Set([...SYSTEM, ...Object.keys(properties).map(snake)]),
  ]),
);

test('a column that a statement names of a table is an entity’s', () => {
  const wrong = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) =>
        statementsOf(readFileSync(join(ROOT, folder, name), 'utf8')).flatMap((statement) =>
          unknownColumns(statement).map((column) => `${folder}/${name}: ${column}`),
        ),
      ),
  );
  expect(wrong).toEqual([]);
});

test.each([
  ['select p.id, p.gender from person p', ['person.gender']],
  ['select p.sex from person as p join chat c on c.titel = p.id', ['chat.titel']],
  ['update school as s set revisoin = s.revision + 1', ['school.revisoin']],
  ['insert into used_token (jti, expires) values (?, ?)', ['used_token.expires']],
  ['select p.name from person p where exists (select from school p where p.id = ?)', []],
  ['select p.shown from (select id as shown from person p) p', []],
  ['update chat set title = r.title from list r where id = r.id', []],
])('%s', (statement, unknown) => {
  expect(unknownColumns(statement)).toEqual(unknown);
});

const CALLED = /\b(?:from|join|update|into|using)\s+(\w+)(?:\s+as)?(?:\s+(?!on\b|set\b|where\b)(\w+))?/g;
const INSERTED = /\binsert into (\w+)(?: as \w+)?\s*\(([\w\s,]+)\)/g;
const SET = /\bupdate (\w+)(?:(?: as)? \w+)?\s+set\s+(\w+)\s*=/g;

/**
 * Gives unknown columns among those with a table's name or alias, those of an insert's list, and the first that an
 * update sets.
 */
function unknownColumns(statement: string): string[] {
  // A name may stand for several tables, each in its part of the statement.
  const tables = new Map<string, Set<string>>();
  for (const [, table, alias] of statement.matchAll(CALLED))
    for (const name of [table!, alias ?? table!])
      tables.set(name, (tables.get(name) ?? new Set()).add(table!));
  const named = [
    ...[...tables].flatMap(([name, among]) =>
      [...statement.matchAll(new RegExp(`(?<![\\w.])${name}\\.(\\w+)`, 'g'))]
        .filter(() => !new RegExp(`[)?] (as )?${name}\\b`).test(statement))
        .map(([, column]) => ({ among: [...among], column: column! })),
    ),
    ...[...statement.matchAll(INSERTED)].flatMap(([, table, list]) =>
      list!.split(',').map((column) => ({ among: [table!], column: column.trim() })),
    ),
    ...[...statement.matchAll(SET)].map(([, table, column]) => ({ among: [table!], column: column! })),
  ];
  const unknown = named.filter(({ among, column }) =>
    among.every((table) => COLUMNS.has(table) && !COLUMNS.get(table)!.has(column)),
  );
  return [...new Set(unknown.map(({ among, column }) => `${among.join('|')}.${column}`))];
}

/** Gives each template of SQL by itself, without the values put into it. */
function statementsOf(source: string): string[] {
  return [...source.matchAll(/\bsql(?:<[^`]*?>)?`/g)].map(({ index, 0: { length } }) => {
    let statement = '';
    let depth = 0;
    for (let at = index + length; at < source.length; at++) {
      const two = source.slice(at, at + 2);
      if (depth === 0 && source[at] === '`') break;
      if (two === '${') {
        depth++;
        at++;
        statement += '?';
      } else if (depth > 0 && source[at] === '{') depth++;
      else if (depth > 0 && source[at] === '}') depth--;
      else if (depth === 0) statement += source[at];
    }
    return statement;
  });
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
