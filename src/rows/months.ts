import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { dropWords } from './journal.ts';

/** Tables whose rows stand in a partition for each month (UTC) of their `at`; migration 0014 says how. */
const BY_MONTH = ['journal', 'access_record'] as const;
export type ByMonth = (typeof BY_MONTH)[number];

/** A month is made this long before it begins: however long nothing runs, few rows need to wait in the rest. */
const MONTHS_AHEAD = 2;

/** Makes the month of the day (`YYYY-MM-DD`) and the next ones where they are missing; safe from several processes. */
export async function makeMonths(db: Sql, today: string): Promise<void> {
  for (const table of BY_MONTH) {
    await sql`select make_month(${table}, (date_trunc('month', ${today}::timestamp) + n * interval '1 month')::date)
      from generate_series(0, ${MONTHS_AHEAD}::int) n`.execute(db);
  }
}

/** What was dropped: whole months, and single rows whose month had no partition. */
export interface Dropped {
  months: number;
  rows: number;
}

/**
 * Drops the months before that of the day (`YYYY-MM-DD`), and what people wrote beside the journal then: `db` must
 * see all schools. The last 90 days stay whatever is asked: the database refuses. Fails where the table is busy for
 * 2 s; asked again it goes on.
 */
export async function dropMonths(db: Sql, table: ByMonth, before: string): Promise<Dropped> {
  const { rows } = await sql<{ months: number; rest: string }>`
    select months, rest_rows as rest from drop_months(${table}, ${before}::date)`.execute(db);
  if (table === 'journal') {
    await dropWords(db, before);
  }
  return { months: rows[0]!.months, rows: Number(rows[0]!.rest) };
}
