import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import { dropWords } from './journal.ts';

/** Tables with a partition for each month (UTC) of their `at`. Migration 0014 makes them so. */
const BY_MONTH = ['journal', 'access_record'] as const;
export type ByMonth = (typeof BY_MONTH)[number];

/**
 * So many months are made ahead. Even if nothing runs for weeks, rows then find their month and do not gather in the
 * default partition.
 */
const MONTHS_AHEAD = 2;

/** Makes the missing partitions from the month of the day (`YYYY-MM-DD`) on. Several processes may do so at once. */
export async function makeMonths(db: Sql, today: string): Promise<void> {
  for (const table of BY_MONTH) {
    await sql`select make_month(${table}, (date_trunc('month', ${today}::timestamp) + n * interval '1 month')::date)
      from generate_series(0, ${MONTHS_AHEAD}::int) n`.execute(db);
  }
}

/** What was dropped: whole months, and single rows from months without a partition. */
interface Dropped {
  months: number;
  rows: number;
}

/**
 * Drops the months before that of the day (`YYYY-MM-DD`), with the texts that people wrote beside the journal. `db`
 * must see all schools. The database refuses to drop anything of the last 90 days. Throws where the table is busy for
 * 2 s, and a repeated call goes on from there.
 */
export async function dropMonths(db: Sql, table: ByMonth, before: string): Promise<Dropped> {
  const { rows } = await sql<{ months: number; rest: string }>`
    select months, rest_rows as rest from drop_months(${table}, ${before}::date)`.execute(db);
  if (table === 'journal') {
    await dropWords(db, before);
  }
  return { months: oneRow(rows).months, rows: Number(oneRow(rows).rest) };
}
