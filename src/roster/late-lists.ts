/**
 * Whole lists and orders that come after newer lists. What they say is put where it belongs (runs.ts), so that the facts
 * are the same in whatever order everything comes. The lists that come in their order cost none of this.
 */
import { type RawBuilder, sql } from 'kysely';
import { compareStamps } from '../desired/evidence.ts';
import type { OrderItem, Stamp, UnitKind } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import {
  areSame,
  BY_ORDER,
  type ChangedPlace,
  placesOf,
  type Unit,
  type UnitPlaces,
  writeRuns,
} from './place-runs.ts';
import { NOTHING_SAID, withList, withOrder } from './runs.ts';
import type { StatedRow } from './state-facts.ts';
import { listsOf } from './whole-lists.ts';

/** What a list says of a pupil: there, not there, or nothing. */
type Says = (studentId: string) => boolean | null;

/** Whether anything newer than the list was said of a group. */
export async function isLate(
  tx: Sql,
  schoolId: string,
  groupId: string,
  { at, by }: Stamp,
): Promise<boolean> {
  const isNewer = (of: string) =>
    sql`(${sql.ref(`${of}_at`)}, ${sql.ref(`${of}_by`)} collate "C") > (${at}::timestamptz, ${by} collate "C")`;
  const { rows } = await sql`
    select 1 where exists (select from whole_list where school_id = ${schoolId} and unit_id in ('', ${groupId}) and ${isNewer('listed')})
      or exists (select from enrollment where school_id = ${schoolId} and unit = 'group' and unit_id = ${groupId}
        and (${isNewer('stated')} or ${isNewer('gone')}))`.execute(tx);
  return rows.length > 0;
}

/** States the list of a group that an event said, where newer ones are there. */
export async function stateLateList(
  tx: Sql,
  schoolId: string,
  groupId: string,
  { stamp, studentIds }: { stamp: Stamp; studentIds: readonly string[] },
): Promise<void> {
  const members = new Set(studentIds);
  const places = await placesOf(tx, schoolId, { unit: 'group', unitId: groupId });
  await restate(tx, schoolId, places, { stamp, members, says: (id) => members.has(id), areUndated: true });
}

/** Gives the places of those groups whose lists are newer than the roster, as they were before it. */
export async function placesListedSince(tx: Sql, schoolId: string, { at }: Stamp): Promise<UnitPlaces[]> {
  const { rows } = await sql<{ unitId: string }>`
    select distinct unit_id as "unitId" from whole_list
    where school_id = ${schoolId} and listed_at >= ${at}::timestamptz and unit_id <> ''`.execute(tx);
  const places: UnitPlaces[] = [];
  for (const { unitId } of rows) places.push(await placesOf(tx, schoolId, { unit: 'group', unitId }));
  return places;
}

/**
 * States what a roster says of groups whose lists are newer. The roster has been stated as if there were none.
 * @param before the places as they were before the roster
 * @param kept a condition on the places `t` of which the roster says nothing
 * @returns how many places were changed
 */
export async function restateListedSince(
  tx: Sql,
  schoolId: string,
  before: readonly UnitPlaces[],
  roster: { stamp: Stamp; rows: readonly StatedRow[]; kept: RawBuilder<unknown>; addOnly: boolean },
): Promise<number> {
  let changed = 0;
  for (const places of before) {
    const { unit, unitId } = places;
    const own = roster.rows.filter((row) => row.unit === unit && row.unit_id === unitId);
    const members = new Set(own.map((row) => String(row.student_id)));
    const known = [...new Set([...places.runs.keys(), ...places.ordered.keys()])];
    const { rows } = await sql<{ id: string }>`
      select t.student_id as id from unnest(${known}::text[]) as u(student_id)
        cross join lateral (select ${unit}::text as unit, ${unitId}::text as unit_id, u.student_id) t
      where ${roster.kept}`.execute(tx);
    const kept = new Set(rows.map(({ id }) => id));
    const says: Says = (id) => (members.has(id) ? true : roster.addOnly || kept.has(id) ? null : false);
    changed += await restate(tx, schoolId, places, { stamp: roster.stamp, members, says, areUndated: false });
  }
  return changed;
}

/**
 * Ends places that an order gives, where lists that are newer than the order lack the pupil, and takes that back where
 * the order does not give them any more.
 * @param before what the order said before
 */
export async function settleOrder(
  tx: Sql,
  schoolId: string,
  orderId: string,
  { issued, before }: { issued: Stamp; before: readonly OrderItem[] },
): Promise<void> {
  const { rows } = await sql<Unit>`
    with named as (
      select unit, unit_id, student_id from order_place
      where school_id = ${schoolId} and order_id = ${orderId} and enters
      union select * from jsonb_to_recordset(${JSON.stringify(before.flatMap(placesIn))}::jsonb)
        as n(unit text, unit_id text, student_id text)
    )
    select distinct n.unit, n.unit_id as "unitId" from named n
    where exists (select from whole_list l where l.school_id = ${schoolId} and l.listed_at >= ${issued.at}::timestamptz
        and l.unit_id = any(case n.unit when 'group' then array['', n.unit_id] else array[''] end))
      or exists (select from enrollment e where e.school_id = ${schoolId} and e.unit = n.unit and e.unit_id = n.unit_id
        and e.student_id = n.student_id and e.gone_at is not null and (e.stated_at is null or e.gone_from_by = ${BY_ORDER}))`.execute(
    tx,
  );
  for (const unit of rows) await restate(tx, schoolId, await placesOf(tx, schoolId, unit), null);
}

function placesIn({ studentId, classId, toClassId, subjectGroupIds }: OrderItem) {
  const units: [UnitKind, string | null][] = [
    ['class', classId],
    ['class', toClassId],
    ...subjectGroupIds.map((id): [UnitKind, string] => ['group', id]),
  ];
  return units.flatMap(([unit, unit_id]) =>
    unit_id === null ? [] : { unit, unit_id, student_id: studentId },
  );
}

/** A list that is put among others. `members`: whom it names. */
interface PutList {
  stamp: Stamp;
  members: ReadonlySet<string>;
  says: Says;
  areUndated: boolean;
}

/** Works the runs of a unit's places out anew, with one more list. Gives how many places are changed. */
async function restate(tx: Sql, schoolId: string, places: UnitPlaces, list: PutList | null): Promise<number> {
  const lists = await listsOf(tx, schoolId, places.unit === 'group' ? places.unitId : null);
  const changed: ChangedPlace[] = [];
  for (const studentId of new Set([
    ...places.runs.keys(),
    ...places.ordered.keys(),
    ...(list?.members ?? []),
  ])) {
    const before = places.runs.get(studentId);
    const isThere = list?.says(studentId) ?? null;
    if (list && isThere === null) continue;
    const told =
      list && isThere !== null ? withList(before ?? NOTHING_SAID, list.stamp, isThere, lists) : before;
    const runs = withOrder(told ?? NOTHING_SAID, places.ordered.get(studentId) ?? null, lists);
    const isNewest = list !== null && runs.there !== null && compareStamps(runs.there.to, list.stamp) === 0;
    if (!areSame(before, runs)) changed.push({ studentId, runs, endsDays: isNewest && list.areUndated });
  }
  if (changed.length > 0) await writeRuns(tx, schoolId, places, changed);
  return changed.length;
}
