/**
 * A list that says the same as the newest whole one costs its reading, a digest, and a stamp for each row.
 *
 * The digest is made of the rows that are stated, so it changes with the day where a role, a place or a term ends. It
 * is not assumed that the rows are still stored as they were stated. Each row that was stated by the newest list and by
 * nobody since bears the stamp of that list. There must be exactly as many of them as the list has rows.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { exactInstant } from '../clock.ts';
import { compareStamps } from '../desired/evidence.ts';
import type { Stamp } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { FactTable } from './fact-tables.ts';
import type { SchoolReading, Unclear } from './reading.ts';
import { partsOf } from './state-facts.ts';
import type { StatedRows } from './stated-rows.ts';

/** The newest whole list of a school. */
interface NewestList {
  stamp: Stamp;
  digest: string;
}

/** A list was to be stated only where it says the same, and it does not. */
export class ListDiffers extends Error {}

/** Rows of one piece of text that is digested. */
const PIECE_ROWS = 1_000;

/**
 * Gives the digest of what a list states. Null where something of the list could not be read, because what it leaves
 * depends on what was stored before.
 */
export function digestOfList(
  { name, units }: SchoolReading,
  rows: StatedRows,
  unclear: Unclear,
): string | null {
  if (Object.values(unclear).some((ids) => ids.size > 0)) return null;
  if ([...units.values()].some(({ unclearDays }) => unclearDays)) return null;
  const hash = createHash('sha256').update(name);
  for (const [table, all] of rows) {
    hash.update(`\n${table.name} ${all.length}\n`);
    for (let at = 0; at < all.length; at += PIECE_ROWS) {
      hash.update(JSON.stringify(all.slice(at, at + PIECE_ROWS)));
    }
  }
  return hash.digest('base64url');
}

/** Gives the newest whole list; null where there is none, or none that a later one can be the same as. */
export async function newestList(db: Sql, schoolId: string): Promise<NewestList | null> {
  const { rows } = await sql<{ at: string; by: string; digest: string }>`
    select roster_taken_at as at, roster_by as by, roster_digest as digest from school
    where id = ${schoolId} and roster_taken_at is not null and roster_by is not null and roster_digest is not null`.execute(
    db,
  );
  const [newest] = rows;
  return newest ? { stamp: { at: exactInstant(newest.at), by: newest.by }, digest: newest.digest } : null;
}

/**
 * States once more what the newest list stated, by moving the stamps of its rows. True where every row was still as
 * that list left it. Where it is false, some stamps may have moved, which a statement of all rows with that stamp
 * takes up.
 */
export async function stateOnceMore(
  tx: Sql,
  schoolId: string,
  rows: StatedRows,
  { newest, stamp }: { newest: Stamp; stamp: Stamp },
): Promise<boolean> {
  if (compareStamps(newest, stamp) >= 0) return false;
  for (const [table, { length }] of rows) {
    if ((await moveStamps(tx, table, schoolId, { newest, stamp })) !== length) return false;
  }
  return true;
}

/** Moves the stamps of the rows that hold by the newest list. Gives how many there are. */
async function moveStamps(
  tx: Sql,
  table: FactTable,
  schoolId: string,
  { newest, stamp }: { newest: Stamp; stamp: Stamp },
): Promise<number> {
  const parts = partsOf(table).flatMap(({ name }) =>
    ['at', 'by'].map(
      (of) =>
        `${name}_${of} = case when (t.${name}_at, t.${name}_by) = (p.was_at, p.was_by) then p.${of} else t.${name}_${of} end`,
    ),
  );
  // Written out here, so that no function is called for each row (migration 0065).
  const since =
    table.name === 'enrollment' ? ['stated_from_at = coalesce(t.stated_from_at, t.stated_at)'] : [];
  const moved = await sql`
    with p as materialized (select ${stamp.at}::timestamptz as at, ${stamp.by}::text as by,
      ${newest.at}::timestamptz as was_at, ${newest.by}::text as was_by)
    update ${sql.table(table.name)} t
    set ${sql.raw(['stated_at = p.at', 'stated_by = p.by', ...parts, ...since].join(', '))} from p
    where t.school_id = ${schoolId} and (t.stated_at, t.stated_by) = (p.was_at, p.was_by)
      and (t.gone_at is null or (t.stated_at, t.stated_by) >= (t.gone_at, t.gone_by))`.execute(tx);
  return Number(moved.numAffectedRows ?? 0);
}
