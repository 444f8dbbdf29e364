/**
 * The rows of a file that were refused or lost a field, kept with their import. The import's result shows the first
 * ones, and pages show all.
 */

import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import type { RowFault } from './one-roster/row-report.ts';

/** `links`: profile links that were refused when the school was applied (A7). They are lost fields too. */
type FaultList = 'rejected' | 'lost' | 'links';

/** How many faults one stored row holds. A result shows as many. */
export const SHOWN_FAULTS = 1_000;

/** Stores a list in place of the one that was there. */
export async function keepFaults(
  tx: Sql,
  operationId: string,
  list: FaultList,
  faults: readonly RowFault[],
): Promise<void> {
  await sql`delete from roster_fault where operation_id = ${operationId} and list = ${list}`.execute(tx);
  for (let chunk = 0; chunk * SHOWN_FAULTS < faults.length; chunk++) {
    const part = faults.slice(chunk * SHOWN_FAULTS, (chunk + 1) * SHOWN_FAULTS);
    await sql`insert into roster_fault (operation_id, list, chunk, rows)
      values (${operationId}, ${list}, ${chunk}, ${JSON.stringify(part)}::jsonb)`.execute(tx);
  }
}

/** Gives a part of the faults, one list after another, and how many there are in these lists. */
export async function loadFaults(
  db: Sql,
  operationId: string,
  lists: readonly FaultList[],
  { offset, limit }: { offset: number; limit: number },
): Promise<{ items: RowFault[]; total: number }> {
  const { rows } = await sql<{ items: RowFault[] | null; total: number }>`
    with kept as (
      select rows, sum(jsonb_array_length(rows)) over (order by array_position(${lists}::text[], list), chunk)
          - jsonb_array_length(rows) as first
      from roster_fault where operation_id = ${operationId} and list = any(${lists}::text[])),
    page as (
      select f.fault, k.first + f.n as place from kept k cross join jsonb_array_elements(k.rows) with ordinality f(fault, n)
      where k.first < ${offset + limit} and k.first + jsonb_array_length(k.rows) > ${offset}
        and k.first + f.n > ${offset} and k.first + f.n <= ${offset + limit})
    select (select jsonb_agg(fault order by place) from page) as items,
      (select coalesce(sum(jsonb_array_length(rows)), 0)::int from kept) as total`.execute(db);
  return { items: oneRow(rows).items ?? [], total: oneRow(rows).total };
}
