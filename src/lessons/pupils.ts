import { dayIn } from '../clock.ts';
import type { Day } from '../desired/model.ts';
import { type School, schoolOn } from '../desired/school.ts';
import type { Sql } from '../store/database.ts';
import { loadFacts } from '../store/facts.ts';

export interface SchoolZone {
  schoolId: string;
  timeZone: string;
}

export interface PupilPlaces {
  /** Those of the pupils who belong to the group on that day, by statements and orders as the core computes it (D6). */
  inGroup(groupId: string, day: Day): string[];
}

/** The part of the facts that says which of these groups these pupils are in, on any day. */
export async function loadPlaces(
  db: Sql,
  { schoolId, timeZone }: SchoolZone,
  { studentIds, groupIds }: { studentIds: readonly string[]; groupIds: readonly string[] },
): Promise<PupilPlaces> {
  const part = { classIds: [], groupIds, studentIds: [], personIds: studentIds, everyoneIds: studentIds };
  const loaded = await loadFacts(db, schoolId, part);
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
