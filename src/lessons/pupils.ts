import { sql } from 'kysely';
import { dayIn } from '../clock.ts';
import type { Day } from '../desired/model.ts';
import { type School, schoolOn } from '../desired/school.ts';
import { loadFacts } from '../facts/load-facts.ts';
import type { Sql } from '../store/database.ts';
import { isPupil } from '../store/queries/person-columns.ts';
import { isCurrent } from '../store/queries/places.ts';
import { oneRow } from '../store/rows.ts';
import type { SchoolZone } from '../store/school-day.ts';

interface PupilPlaces {
  /**
   * Gives those of the pupils who belong to the group on that day, by statements and orders as the core computes it
   * (D6).
   */
  inGroup(groupId: string, day: Day): string[];
}

/** Loads the part of the facts that says which of these groups these pupils are in, on any day. */
export async function loadPlaces(
  db: Sql,
  { schoolId, timeZone }: SchoolZone,
  { studentIds, groupIds }: { studentIds: readonly string[]; groupIds: readonly string[] },
): Promise<PupilPlaces> {
  const part = { classIds: [], groupIds, studentIds: [], personIds: studentIds, everyoneIds: studentIds };
  const loaded = await loadFacts(db, schoolId, { part });
  const facts = { ...loaded, dayOf: (at: string) => dayIn(timeZone, Date.parse(at)) };
  const schools = new Map<Day, School>();
  const on = (day: Day): School => {
    const school = schools.get(day) ?? schoolOn(facts, day);
    schools.set(day, school);
    return school;
  };
  return {
    inGroup(groupId, day) {
      const { enrolled, isPresent } = on(day);
      const students = enrolled.groups.get(groupId)?.students;
      return studentIds.filter((id) => students?.has(id) && isPresent(id));
    },
  };
}

/**
 * Whether one of these pupils belongs to the group on that day. Where no order names any of them, statements alone
 * decide (orders.ts), which takes one query. That matters because a whole school comes to its lessons within a
 * minute.
 */
export async function isAnyInGroup(
  db: Sql,
  zone: SchoolZone,
  studentIds: readonly string[],
  { groupId, day }: { groupId: string; day: Day },
): Promise<boolean> {
  const { schoolId } = zone;
  const ids = sql`${[...studentIds]}::text[]`;
  const { rows } = await sql<{ ordered: boolean; stated: boolean }>`select
    exists (select from order_place where school_id = ${schoolId} and student_id = any(${ids})) as ordered,
    exists (select from enrollment e join person p on p.school_id = e.school_id and p.id = e.student_id and p.present
      where e.school_id = ${schoolId} and e.unit = 'group' and e.unit_id = ${groupId} and e.student_id = any(${ids})
        and ${isCurrent(day)} and ${isPupil}) as stated`.execute(db);
  const { ordered, stated } = oneRow(rows);
  if (!ordered) return stated;
  const places = await loadPlaces(db, zone, { studentIds, groupIds: [groupId] });
  return places.inGroup(groupId, day).length > 0;
}
