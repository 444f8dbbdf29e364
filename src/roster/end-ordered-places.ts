/**
 * Ends places that only an order gives. Such a place has no row of its own, so a whole list that lacks the place finds
 * no row to end. Here the absence is stated in a row all the same, because the later statement wins, whatever kind the
 * earlier was (contract).
 * The order itself, its other places and its cancellation stay.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';

/** The places `t` (unit, unit_id, student_id) that orders give, each with the stamp of the order. */
const orderedPlaces = (schoolId: string) => sql`(
  select p.unit, p.unit_id, p.student_id, p.order_id, p.issued_at, o.issued_by
  from order_place p join roster_order o on o.school_id = p.school_id and o.id = p.order_id
  where p.school_id = ${schoolId} and p.enters and p.issued_at is not null) t`;

/**
 * States by a whole roster that ordered places are gone if nothing was ever stated of them. The `kept` ones stay. Gives
 * how many are gone.
 */
export async function endOrderedPlaces(
  tx: Sql,
  schoolId: string,
  stamp: Stamp,
  kept: RawBuilder<unknown>,
): Promise<number> {
  const { rows } = await sql`
    insert into enrollment (school_id, unit, unit_id, student_id, gone_at, gone_by)
    select distinct ${schoolId}, t.unit, t.unit_id, t.student_id, ${stamp.at}::timestamptz, ${stamp.by}
    from ${orderedPlaces(schoolId)}
    where (t.issued_at, t.issued_by) < (${stamp.at}::timestamptz, ${stamp.by}) and not (${kept})
    on conflict do nothing returning 1`.execute(tx);
  return rows.length;
}

/**
 * States the same absence by the newest whole list of each group, in whatever order list and order arrive. `groupIds`
 * null: all groups.
 */
export async function endByGroupLists(
  tx: Sql,
  schoolId: string,
  groupIds: readonly string[] | null,
): Promise<void> {
  await sql`
    insert into enrollment (school_id, unit, unit_id, student_id, gone_at, gone_by)
    select distinct ${schoolId}, t.unit, t.unit_id, t.student_id, g.listed_at, g.listed_by
    from ${orderedPlaces(schoolId)} join subject_group g on g.school_id = ${schoolId} and g.id = t.unit_id
    where t.unit = 'group' and g.listed_at is not null and (t.issued_at, t.issued_by) < (g.listed_at, g.listed_by)
      ${groupIds === null ? sql`` : sql`and t.unit_id = any(${groupIds})`}
    on conflict do nothing`.execute(tx);
}
