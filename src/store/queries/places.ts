/**
 * Who holds a place in a class or group on a day, in SQL: the twin of desired/orders.ts and desired/evidence.ts, whose
 * head numbers the rules. Lists of people and «who sees whom» ask it within their statements.
 * Test: both say the same of random statements and orders (places-in-sql.test.ts).
 */
import { type RawBuilder, sql } from 'kysely';
import type { Day, UnitKind } from '../../desired/model.ts';

/** A day at a school. `timeZone` says on which day a statement was taken. */
export interface SchoolDay {
  schoolId: string | RawBuilder<unknown>;
  day: Day | RawBuilder<unknown>;
  timeZone: string | RawBuilder<unknown>;
}

/** Gives `student_id` and `unit_id` of every place in these units. `unitIds`: an array. */
export function placesInUnits(
  on: SchoolDay,
  unit: UnitKind,
  unitIds: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const asked = sql`unit_id = any(${unitIds})`;
  const pupils = sql`select student_id from enrollment where school_id = ${on.schoolId} and unit = ${unit} and ${asked}
    union select student_id from order_place where school_id = ${on.schoolId} and unit = ${unit} and ${asked} and enters`;
  return places(on, unit, { asked, pupils });
}

/** Gives `student_id` and `unit_id` of every place of these pupils. `studentIds`: an array. */
export function placesOfPupils(
  on: SchoolDay,
  unit: UnitKind,
  studentIds: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return places(on, unit, {
    asked: sql`student_id in (select student_id from pupil)`,
    pupils: sql`select unnest(${studentIds}) as student_id`,
  });
}

interface Sought {
  /** Chooses places by their columns student_id and unit_id. */
  asked: RawBuilder<unknown>;
  /** Selects the people who may hold one of them. */
  pupils: RawBuilder<unknown>;
}

function places(
  { schoolId, day, timeZone }: SchoolDay,
  unit: UnitKind,
  { asked, pupils }: Sought,
): RawBuilder<unknown> {
  return sql`(
    with pupil as materialized (${pupils}), ${itemsOf({ schoolId, day }, unit)}, ${effectsOf(schoolId, unit, asked)}, said as (
      select place.student_id, place.unit_id,
        case when not ${isVoidPresence(timeZone)} then e.stated_at end as stated_at, coalesce(e.stated_by, '') as stated_by,
        case when not ${isVoidAbsence(timeZone)} then e.gone_at end as gone_at, coalesce(e.gone_by, '') as gone_by,
        ${covers(day)} as covers
      from place left join enrollment e on e.school_id = ${schoolId} and e.unit = ${unit}
        and e.unit_id = place.unit_id and e.student_id = place.student_id
    )
    select student_id, unit_id from enrollment e where school_id = ${schoolId} and unit = ${unit} and ${asked}
      and ${isCurrent(day)} and student_id not in (select student_id from item)
    union all
    select student_id, unit_id from (
      select said.student_id, said.unit_id, last.enters, last.effective_on, last.issued_at, last.issued_by, newest.at, newest.by,
        said.covers and said.stated_at is not null and (said.gone_at is null
          or (said.stated_at, said.stated_by collate "C") > (said.gone_at, said.gone_by collate "C")) as active
      from said
        left join (select distinct on (student_id, unit_id) * from effect where in_force
          order by student_id, unit_id, turn desc) last using (student_id, unit_id)
        left join lateral (select at, by from (values (said.stated_at, said.stated_by), (said.gone_at, said.gone_by)) x(at, by)
          where at is not null order by at desc, by collate "C" desc limit 1) newest on true
    ) judged
    where case when enters is null or ${outweighs(sql`at`, sql`by`, sql`judged`, timeZone)} then active else enters end
  )`;
}

/**
 * Tables of a statement. `told`: the items of the orders whose day has come and that name one of `pupil`, cancelled or
 * not. `item`: those of them that name one of `pupil` themselves, in their order.
 */
function itemsOf({ schoolId, day }: Omit<SchoolDay, 'timeZone'>, unit: UnitKind): RawBuilder<unknown> {
  return sql`told as materialized (
      select i->>'studentId' as student_id, o.kind, i->>'classId' as class_id, i->'subjectGroupIds' as group_ids,
        ${ENTERED[unit]} as entered, o.effective_on, o.issued_at, o.issued_by, o.id, n, o.cancelled_at, o.cancelled_by
      from roster_order o cross join lateral jsonb_array_elements(o.items) with ordinality x(i, n)
      where o.school_id = ${schoolId} and o.issued_at is not null and o.effective_on <= ${day}::date
        and o.id in (select p.order_id from order_place p where p.school_id = ${schoolId}
          and p.student_id in (select student_id from pupil))
    ), item as materialized (
      select *, cancelled_at is null as in_force,
        row_number() over (order by effective_on, issued_at, issued_by collate "C", id collate "C", n) as turn
      from told where student_id in (select student_id from pupil)
    )`;
}

/** Tables of a statement: `place`, what is asked about; `effect`, the items on it; `voided`, those that were cancelled. */
function effectsOf(
  schoolId: SchoolDay['schoolId'],
  unit: UnitKind,
  asked: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`place as materialized (
      select student_id, unit_id from enrollment
      where school_id = ${schoolId} and unit = ${unit} and ${asked} and student_id in (select student_id from item)
      union select student_id, unit_id from item cross join jsonb_array_elements_text(entered) as u(unit_id)
      where in_force and unit_id is not null and ${asked}
    ), effect as materialized (
      select * from (
        select place.unit_id, item.*, coalesce(entered ? unit_id, false) as enters, ${leavesPlace(unit, schoolId)} as leaves
        from place join item using (student_id)
      ) touched where enters or leaves
    ), voided as materialized (
      select * from effect where not in_force
    )`;
}

/** The units that an item `i` of an order `o` puts its pupil into (rule 5), as a JSON array. */
const ENTERED: Record<UnitKind, RawBuilder<unknown>> = {
  class: sql`jsonb_build_array(case o.kind when 'enrollment' then i->'classId' when 'transfer' then i->'toClassId' end)`,
  group: sql`case when o.kind <> 'withdrawal' then i->'subjectGroupIds' end`,
};

/** Whether an `item` takes its pupil out of a `place` (rule 5). */
function leavesPlace(unit: UnitKind, schoolId: SchoolDay['schoolId']): RawBuilder<boolean> {
  const ofItem =
    unit === 'class'
      ? sql`class_id = unit_id`
      : sql`(coalesce(group_ids ? unit_id, false) or exists (select from subject_group g where g.school_id = ${schoolId}
          and g.id = unit_id and g.stated_at is not null and g.class_id = item.class_id))`;
  return sql`(case when class_id is null then kind = 'withdrawal' else kind <> 'enrollment' and ${ofItem} end)`;
}

/** Whether a statement outweighs the order in a row (rule 4). False where nothing was stated. */
function outweighs(
  at: RawBuilder<unknown>,
  by: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
  timeZone: SchoolDay['timeZone'],
): RawBuilder<boolean> {
  return sql`coalesce((${at}, ${by} collate "C") > (${order}.issued_at, ${order}.issued_by collate "C")
    and (${at} at time zone ${timeZone})::date >= ${order}.effective_on, false)`;
}

const isOfPlace = (row: RawBuilder<unknown>) =>
  sql`${row}.student_id = place.student_id and ${row}.unit_id = place.unit_id`;

/** Rule 6 for the absence in a row of `enrollment e`. */
function isVoidAbsence(timeZone: SchoolDay['timeZone']): RawBuilder<boolean> {
  const begun = sql`coalesce(e.gone_from_at, e.gone_at)`;
  return sql`exists (select from voided v where ${isOfPlace(sql`v`)} and v.leaves
    and (e.stated_at is not null or exists (select from effect given
      where ${isOfPlace(sql`given`)} and given.in_force and given.enters and given.turn < v.turn))
    and ${outweighs(begun, sql`''`, sql`v`, timeZone)}
    and (v.cancelled_at, v.cancelled_by collate "C") > (e.gone_at, coalesce(e.gone_by, '') collate "C"))`;
}

/** Rule 6 for the presence in a row of `enrollment e`. */
function isVoidPresence(timeZone: SchoolDay['timeZone']): RawBuilder<boolean> {
  const begun = sql`coalesce(e.stated_from_at, e.stated_at)`;
  return sql`exists (select from voided v where ${isOfPlace(sql`v`)} and v.enters
    and ${outweighs(begun, sql`''`, sql`v`, timeZone)}
    and (v.cancelled_at, v.cancelled_by collate "C") > (e.stated_at, coalesce(e.stated_by, '') collate "C"))`;
}

/**
 * Whether the statement in a row of `enrollment e` holds on that day, first and last days included. That decides where
 * no order names the pupil.
 */
export function isCurrent(day: SchoolDay['day']): RawBuilder<boolean> {
  return sql`e.present and ${covers(day)}`;
}

function covers(day: SchoolDay['day']): RawBuilder<boolean> {
  return sql`coalesce(e.begins_on <= ${day}::date, true) and coalesce(e.ends_on >= ${day}::date, true)`;
}
