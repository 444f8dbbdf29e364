import { type RawBuilder, sql } from 'kysely';

/** One statement carries at most so many rows: its JSON stays a few megabytes. */
const ROWS_PER_STATEMENT = 10_000;

/** Calls `write` with JSON arrays of rows, for `jsonb_to_recordset`, so that many rows are few statements. */
export async function inChunks<Row>(
  rows: readonly Row[],
  write: (json: RawBuilder<unknown>) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    await write(sql`${JSON.stringify(rows.slice(from, from + ROWS_PER_STATEMENT))}::jsonb`);
  }
}
