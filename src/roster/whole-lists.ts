/** When whole lists were made: rosters of a school, and lists of single groups. Only a late list or order asks it. */
import { sql } from 'kysely';
import { compareStamps } from '../desired/evidence.ts';
import type { Stamp } from '../desired/model.ts';
import { stampReader } from '../facts/stamp-reader.ts';
import type { Sql } from '../store/database.ts';
import type { Lists } from './runs.ts';

/** Stands for a group where a roster spoke of all units. */
const ALL_UNITS = '';

/** Notes a whole list: of a group, or a roster where `groupId` is left out. Safe to repeat. */
export async function noteWholeList(
  tx: Sql,
  schoolId: string,
  { at, by }: Stamp,
  groupId: string = ALL_UNITS,
): Promise<void> {
  await sql`insert into whole_list (school_id, unit_id, listed_at, listed_by)
    values (${schoolId}, ${groupId}, ${at}::timestamptz, ${by}) on conflict do nothing`.execute(tx);
}

/** The whole lists that speak of a group, or of any class. */
export async function listsOf(tx: Sql, schoolId: string, groupId: string | null): Promise<Lists> {
  const { rows } = await sql<{ at: string; by: string }>`
    select listed_at as at, listed_by as by from whole_list
    where school_id = ${schoolId} and unit_id = any(${[ALL_UNITS, ...(groupId === null ? [] : [groupId])]})`.execute(
    tx,
  );
  const stamp = stampReader();
  const all = rows.flatMap(({ at, by }) => stamp(at, by) ?? []).sort(compareStamps);
  return {
    before: (of) => all.findLast((one) => compareStamps(one, of) < 0) ?? null,
    after: (of) => all.find((one) => compareStamps(of, one) < 0) ?? null,
    newest: all.at(-1) ?? null,
  };
}
