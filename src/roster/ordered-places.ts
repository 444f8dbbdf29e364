/**
 * A place that an order gives has no row of its own, so a whole list that lacks the place finds no row to end. Here
 * the absence is stated in a row all the same, because the later statement wins, whatever kind the earlier was
 * (contract).
 * The order itself, its other places and its cancellation stay.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';

/** The places `t` (unit, unit_id, student_id) that orders give, each with the stamp of the order. */
const orderedPlaces = (schoolId: string) => sql`(
  select p.unit, p.unit_id, i."studentId" as student_id, o.id as order_id, o.issued_at, o.issued_by
  from roster_order o cross join lateral jsonb_to_recordset(o.items)
    as i("studentId" text, "classId" text, "toClassId" text, "subjectGroupIds" jsonb)
  cross join lateral (
    select 'class' as unit, case o.kind when 'transfer' then i."toClassId" else i."classId" end as unit_id
    union all select 'group', g from jsonb_array_elements_text(i."subjectGroupIds") g) p
  where o.school_id = ${schoolId} and o.kind in ('enrollment', 'transfer') and o.issued_at is not null
    and p.unit_id is not null) t`;

/**
 * States by a whole roster that ordered places of which nothing was ever stated are gone, except the kept ones. Gives
 * how many.
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

/** States the same absence for one order that arrives after the newest whole roster although it is older. */
export async function outdateOrderedPlaces(
  tx: Sql,
  schoolId: string,
  orderId: string,
  rosterTakenAt: string,
): Promise<void> {
  await sql`
    insert into enrollment (school_id, unit, unit_id, student_id, gone_at, gone_by)
    select distinct ${schoolId}, t.unit, t.unit_id, t.student_id, ${rosterTakenAt}::timestamptz, 'import:'
    from ${orderedPlaces(schoolId)}
    where t.order_id = ${orderId} and t.issued_at < ${rosterTakenAt}::timestamptz
    on conflict do nothing`.execute(tx);
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
      ${groupIds === null ? sql`` : sql`and g.id = any(${groupIds})`}
    on conflict do nothing`.execute(tx);
}
