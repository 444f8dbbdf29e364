import { type RawBuilder, sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { FactColumn, FactTable } from './fact-tables.ts';

/** A row of statements: its table's keys and columns by their names in SQL. */
export type StatedRow = Record<string, string | null | readonly string[]>;

/** Where and when statements are made. */
export interface Statement {
  schoolId: string;
  stamp: Stamp;
  /** J2: nobody is taken out by it. */
  addOnly: boolean;
}

/**
 * States facts of one school: the greatest stamp wins, row by row. A row that already says so has only its stamp
 * moved, which a statement that comes late and is older must find; it does not count as a change.
 * A statement of the same stamp may be made again, whole after one that only added.
 * @returns how many rows say something else than before
 */
export async function stateFacts(
  tx: Sql,
  table: FactTable,
  to: Statement,
  rows: readonly StatedRow[],
): Promise<number> {
  const { keys, columns } = table;
  const names = namesOf(table);
  const merged = columns.map((column) => mergedValue(column, to.addOnly));
  const unchanged = columns.map(({ name }, at) => `t.${name} is not distinct from ${merged[at]}`);
  const found = and([`t.school_id = p.school_id`, ...keys.map((key) => `t.${key} = s.${key}`)]);
  const same = and([found, 't.present', ...unchanged]);
  const set = [
    ...columns.map(({ name }, at) => `${name} = ${merged[at]!.replaceAll(/\bs\./g, 'excluded.')}`),
  ];
  const stamped = [...set, 'stated_at = excluded.stated_at', 'stated_by = excluded.stated_by'].join(', ');
  const result = await sql<{ written: number }>`
    with p as materialized (
      select ${to.schoolId}::text as school_id, ${to.stamp.at}::timestamptz as at, ${to.stamp.by}::text as by
    ), s as materialized (
      select * from ${recordset(table, rows)}
    ), restated as (
      update ${raw(table.name)} t set stated_at = p.at, stated_by = p.by from s, p
      where ${raw(same)} and (t.stated_at, t.stated_by) < (p.at, p.by)
    ), written as (
      insert into ${raw(table.name)} as t (school_id, ${raw(names.join(', '))}, stated_at, stated_by)
      select p.school_id, ${raw(names.map((name) => `s.${name}`).join(', '))}, p.at, p.by from s, p
      where not exists (select from ${raw(table.name)} t where ${raw(same)})
      on conflict (school_id, ${raw(keys.join(', '))}) do update set ${raw(stamped)}
      where t.stated_at is null or (t.stated_at, t.stated_by) <= (excluded.stated_at, excluded.stated_by)
      returning t.present
    )
    select count(*) filter (where present)::int as written from written`.execute(tx);
  return result.rows[0]!.written;
}

/**
 * States the first facts of a school of which nothing is stored yet: no statement can be there to win against, which
 * saves a third of the time.
 */
export async function stateFirstFacts(
  tx: Sql,
  table: FactTable,
  { schoolId, stamp }: Statement,
  rows: readonly StatedRow[],
): Promise<number> {
  const names = namesOf(table);
  const result = await sql`
    insert into ${raw(table.name)} (school_id, ${raw(names.join(', '))}, stated_at, stated_by)
    select ${schoolId}::text, ${raw(names.map((name) => `s.${name}`).join(', '))},
      ${stamp.at}::timestamptz, ${stamp.by}::text
    from ${recordset(table, rows)}`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

function namesOf({ keys, columns }: FactTable): string[] {
  return [...keys, ...columns.map((column) => column.name)];
}

/** The rows as a table `s`. */
function recordset({ keys, columns }: FactTable, rows: readonly StatedRow[]): RawBuilder<unknown> {
  const shape = [...keys.map((key) => `${key} text`), ...columns.map(({ name, type }) => `${name} ${type}`)];
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(${raw(shape.join(', '))})`;
}

/** Of a fact that is gone nothing is kept: it begins anew. */
function mergedValue({ name, whole, adding }: FactColumn, addOnly: boolean): string {
  const merged = addOnly ? (adding ?? whole) : whole;
  if (merged === undefined) return `s.${name}`;
  return addOnly && merged === adding && merged !== whole
    ? `case when t.present then ${merged} else s.${name} end`
    : merged;
}

/**
 * States that whatever was not stated by `to.stamp` or later is gone, but for the kept: rows of which the file
 * said something that could not be read.
 * @param kept a condition on the row `t`
 * @returns how many were there until now
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
        and (t.gone_at is null or (t.gone_at, t.gone_by) < (p.at, p.by))
        and not (${kept})
    ), gone as (
      update ${raw(table.name)} t set gone_at = p.at, gone_by = p.by from a, p where ${raw(sameRow)}
      returning a.present
    )
    select count(*) filter (where present)::int as gone from gone`.execute(tx);
  return result.rows[0]!.gone;
}

const raw = (text: string) => sql.raw(text);
const and = (conditions: readonly string[]) => conditions.join(' and ');
