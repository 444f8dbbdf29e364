import { type RawBuilder, sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import { BY_IMPORT } from '../facts/stamp.ts';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import { sure } from '../sure.ts';
import type { FactColumn, FactTable } from './fact-tables.ts';

/** A row of statements: its table's keys and columns by their names in SQL. */
export type StatedRow = Record<string, string | null | readonly string[] | readonly object[]>;

/** Where and when statements are made. */
export interface Statement {
  schoolId: string;
  stamp: Stamp;
  /** The statement adds and takes nobody out (J2). */
  addOnly: boolean;
}

/**
 * States facts of one school. On one fact the statement with the greatest stamp wins, row by row, and within a row
 * part by part.
 * A row that already says the same only gets the new stamp, so that an older statement that comes later loses against
 * it. Such a row does not count as a change. The stamp is in no index, and the tables have room for it (migration 0037),
 * so that a list which says what the last one said touches no index.
 * A statement may be made again with the same stamp: first only adding, then whole.
 * @returns how many rows say something else than before
 */
export async function stateFacts(
  tx: Sql,
  table: FactTable,
  to: Statement,
  rows: readonly StatedRow[],
): Promise<number> {
  const { keys, columns } = table;
  const merged = columns.map((column) => mergedValue(column, to.addOnly));
  const unchanged = columns.map(({ name }, at) => `t.${name} is not distinct from ${merged[at]}`);
  const found = and([
    `t.school_id = p.school_id`,
    neighbours(table),
    ...keys.map((key) => `t.${key} = s.${key}`),
  ]);
  const same = and([found, 't.present', ...unchanged]);
  const parts = partsOf(table);
  const set = [
    ...columns.map(({ name }, at) => `${name} = ${sure(merged[at]).replaceAll(/\bs\./g, 'excluded.')}`),
    ...parts.flatMap((part) => partStamp(part, 'excluded', 'excluded.stated_at', 'excluded.stated_by')),
  ];
  const stamped = [...set, 'stated_at = excluded.stated_at', 'stated_by = excluded.stated_by'].join(', ');
  const restamped = [
    'stated_at = p.at',
    'stated_by = p.by',
    ...parts.flatMap((part) => partStamp(part, 's', 'p.at', 'p.by')),
  ];
  const result = await sql<{ written: number }>`
    with p as materialized (
      select ${to.schoolId}::text as school_id, ${to.stamp.at}::timestamptz as at, ${to.stamp.by}::text as by
    ), s as materialized (
      select * from ${recordset(table, rows)}
    ), restated as (
      update ${raw(table.name)} t set ${raw(restamped.join(', '))} from s, p
      where ${raw(same)} and (t.stated_at, t.stated_by) <= (p.at, p.by)
      returning ${raw(keys.map((key) => `t.${key}`).join(', '))}
    ), written as (
      insert into ${raw(table.name)} as t (school_id, ${raw(insertedOf(table))}, stated_at, stated_by)
      select p.school_id, ${raw(insertedFrom(table, 'p.at', 'p.by'))}, p.at, p.by from s, p
      where not exists (select from restated r where ${raw(and(keys.map((key) => `r.${key} = s.${key}`)))})
      on conflict (school_id, ${raw(keys.join(', '))}) do update set ${raw(stamped)}
      where t.stated_at is null or (t.stated_at, t.stated_by) <= (excluded.stated_at, excluded.stated_by)
      returning t.present
    )
    select count(*) filter (where present)::int as written from written`.execute(tx);
  for (const part of parts) await statePartLate(tx, table, part, to, rows);
  return oneRow(result.rows).written;
}

/** States parts of rows. A statement that comes too late for its row may still be the newest about one of its parts. */
async function statePartLate(
  tx: Sql,
  table: FactTable,
  { name }: FactColumn,
  { schoolId, stamp }: Statement,
  rows: readonly StatedRow[],
): Promise<void> {
  const said = rows.filter((row) => row[name] != null);
  if (said.length === 0) return;
  const found = and([neighbours(table), ...table.keys.map((key) => `t.${key} = s.${key}`)]);
  await sql`
    with p as (select ${stamp.at}::timestamptz as at, ${stamp.by}::text as by),
    s as materialized (select * from ${recordset(table, said)})
    update ${raw(table.name)} t set ${raw(`${name} = s.${name}, ${name}_at = p.at, ${name}_by = p.by`)}
    from p, s
    where t.school_id = ${schoolId} and ${raw(found)} and (t.stated_at, t.stated_by) > (p.at, p.by)
      and (${raw(`t.${name}_at is null or (t.${name}_at, t.${name}_by) < (p.at, p.by)`)})`.execute(tx);
}

/**
 * States the first facts of a school of which nothing is stored yet. No earlier statement can be there, so nothing is
 * compared, which saves a third of the time.
 */
export async function stateFirstFacts(
  tx: Sql,
  table: FactTable,
  { schoolId, stamp }: Statement,
  rows: readonly StatedRow[],
): Promise<number> {
  const result = await sql`
    with p as (select ${stamp.at}::timestamptz as at, ${stamp.by}::text as by)
    insert into ${raw(table.name)} (school_id, ${raw(insertedOf(table))}, stated_at, stated_by)
    select ${schoolId}::text, ${raw(insertedFrom(table, 'p.at', 'p.by'))}, p.at, p.by
    from p, ${recordset(table, rows)}`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

export function partsOf({ columns }: FactTable): FactColumn[] {
  return columns.filter((column) => column.isPart);
}

/** The columns of a new row except its own stamp: keys, what is said, stamps of the parts. */
function insertedOf(table: FactTable): string {
  const parts = partsOf(table).flatMap(({ name }) => [`${name}_at`, `${name}_by`]);
  return [...table.keys, ...table.columns.map(({ name }) => name), ...parts].join(', ');
}

/** The values of `insertedOf`'s columns, taken from the rows `s`. */
function insertedFrom(table: FactTable, at: string, by: string): string {
  const said = [...table.keys, ...table.columns.map(({ name }) => name)].map((name) => `s.${name}`);
  const stamps = partsOf(table).flatMap(({ name }) =>
    [at, by].map((value) => `case when s.${name} is not null then ${value} end`),
  );
  return [...said, ...stamps].join(', ');
}

/** The part's stamp changes only where the statement in `from` says something about the part. */
function partStamp({ name }: FactColumn, from: string, at: string, by: string): string[] {
  const kept = (column: string, value: string) =>
    `${column} = case when ${from}.${name} is not null then ${value} else t.${column} end`;
  return [kept(`${name}_at`, at), kept(`${name}_by`, by)];
}

/**
 * The rows as a table `s`. They travel as an array a column, which costs PostgreSQL a quarter of what rows in JSON cost
 * it. An array of arrays would lose its rows, so a list travels as the text of an array, and a document as its text.
 */
function recordset({ keys, columns }: FactTable, rows: readonly StatedRow[]): RawBuilder<unknown> {
  const all = [
    ...keys.map((name): Pick<FactColumn, 'name' | 'type'> => ({ name, type: 'text' })),
    ...columns,
  ];
  const travels = (type: FactColumn['type']) => (type === 'date' ? 'date' : 'text');
  const arrays = all.map(
    ({ name, type }) => sql`${rows.map((row) => asText(row[name], type))}::${raw(`${travels(type)}[]`)}`,
  );
  const read = all.map(({ name, type }) => (travels(type) === type ? name : `${name}::${type} as ${name}`));
  return sql`(select ${raw(read.join(', '))} from unnest(${sql.join(arrays)}) as u(${raw(all.map(({ name }) => name).join(', '))})) s`;
}

function asText(value: StatedRow[string] | undefined, type: FactColumn['type']): string | null {
  if (value == null || typeof value === 'string') return value ?? null;
  return type === 'jsonb' ? JSON.stringify(value) : `{${value.map(quoted).join(',')}}`;
}

/** An element of an array, as PostgreSQL reads it. */
const quoted = (element: unknown) => `"${String(element).replaceAll(/["\\]/g, '\\$&')}"`;

/** A fact that is gone starts anew when it is stated again, so nothing of the old row is merged into it. */
function mergedValue({ name, whole, adding }: FactColumn, addOnly: boolean): string {
  const merged = addOnly ? (adding ?? whole) : whole;
  if (merged === undefined) return `s.${name}`;
  return addOnly && merged === adding && merged !== whole
    ? `case when t.present then ${merged} else s.${name} end`
    : merged;
}

/**
 * States that every fact that was not stated by `to.stamp` or later is gone. Kept are the rows of which the file said
 * something that could not be read.
 * @param kept a condition on the row `t`
 * @returns how many facts were present until now
 */
export async function stateAbsence(
  tx: Sql,
  table: FactTable,
  to: Statement,
  kept: RawBuilder<unknown>,
): Promise<number> {
  const sameRow = and(['t.school_id = a.school_id', ...table.keys.map((key) => `t.${key} = a.${key}`)]);
  const result = await sql<{ gone: number }>`
    with p as materialized (
      select ${to.schoolId}::text as school_id, ${to.stamp.at}::timestamptz as at, ${to.stamp.by}::text as by
    ), a as materialized (
      select t.school_id, ${raw(table.keys.map((key) => `t.${key}`).join(', '))}, t.present
      from ${raw(table.name)} t join p on t.school_id = p.school_id
      where (t.stated_at is null or (t.stated_at, t.stated_by) < (p.at, p.by))
        and (t.gone_at is null or (t.gone_at, t.gone_by) < (p.at, p.by)${staysRemoved(table)})
        and not (${kept})
    ), gone as (
      update ${raw(table.name)} t set gone_at = p.at, gone_by = p.by from a, p where ${raw(sameRow)}
      returning a.present
    )
    select count(*) filter (where present)::int as gone from gone`.execute(tx);
  return oneRow(result.rows).gone;
}

/**
 * Keeps in SQL that an event of their own removed somebody, whatever lists lack them afterwards, because the
 * cancellation of an order forgets what a list left out and nothing else (revive.ts).
 */
function staysRemoved({ name }: FactTable): RawBuilder<unknown> {
  if (name !== 'person' && name !== 'guardian') return sql``;
  return sql` and (t.present or t.gone_by like any(${BY_IMPORT}))`;
}

/**
 * Keeps in SQL to the stored rows among which the stated ones lie. Without it each part of a list would look at the whole
 * school.
 */
function neighbours({ name, neighboursBy: by }: FactTable): string {
  const units = name === 'enrollment' ? ["t.unit in ('class', 'group')"] : [];
  return and([...units, `t.${by} >= (select min(${by}) from s)`, `t.${by} <= (select max(${by}) from s)`]);
}

const raw = (text: string) => sql.raw(text);
const and = (conditions: readonly string[]) => conditions.join(' and ');
