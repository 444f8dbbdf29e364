import { type RawBuilder, sql } from 'kysely';
import { keysOf } from '../keys-of.ts';

/** One statement carries at most this many rows, so that its JSON stays a few megabytes. */
const ROWS_PER_STATEMENT = 10_000;

/** Calls `write` with JSON arrays of rows, for `jsonb_to_recordset`, so that many rows take few statements. */
export async function inChunks<Row>(
  rows: readonly Row[],
  write: (json: RawBuilder<unknown>) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    await write(sql`${JSON.stringify(rows.slice(from, from + ROWS_PER_STATEMENT))}::jsonb`);
  }
}

/**
 * Makes rows the table `name` of a statement, one array a column, so that the planner sees how many there are.
 * `types`: the type of each column in PostgreSQL. For thousands of rows use `inChunks`.
 */
export function tableOf<Row extends object>(
  name: string,
  types: Readonly<Record<keyof Row & string, string>>,
  rows: readonly Row[],
): RawBuilder<unknown> {
  const columns = keysOf(types);
  const arrays = columns.map((column) => sql`${rows.map((row) => row[column])}::${sql.raw(types[column])}[]`);
  return sql`unnest(${sql.join(arrays)}) as ${sql.id(name)}(${sql.join(columns.map((column) => sql.id(column)))})`;
}

/** The row of a statement that always gives one: an aggregate, a `returning`, a row under lock. */
export function oneRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always gives a row gave none');
  return row;
}
