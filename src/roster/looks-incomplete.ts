import { sql } from 'kysely';
import type { Day } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { RosterReading } from './reading.ts';

/** What a school's roster holds. */
export interface RosterSize {
  users: number;
  /** Of pupils. */
  enrollments: number;
  /** By class. */
  pupils: ReadonlyMap<string, number>;
}

/** A school of which suspiciously much is missing. */
export interface IncompleteSchool {
  schoolId: string;
  users: { before: number; after: number };
  enrollments: { before: number; after: number };
  /** Classes that had pupils and are stated without any. */
  emptiedClassIds: string[];
}

/** J2: fewer by more than this share, and by at least this many. */
const LOST_SHARE = 0.1;
const LOST_COUNT = 20;

/**
 * The schools whose roster looks cut (J2). Both sides by school id; a school without a roster before, or of which
 * the file says nothing, is never among them. A class that is not in the file any more was closed, not emptied.
 */
export function looksIncomplete(
  before: ReadonlyMap<string, RosterSize>,
  after: ReadonlyMap<string, RosterSize>,
): IncompleteSchool[] {
  const found: IncompleteSchool[] = [];
  for (const [schoolId, now] of after) {
    const then = before.get(schoolId);
    if (then === undefined || then.users === 0) continue;
    const emptiedClassIds = [...then.pupils]
      .filter(([id, pupils]) => pupils > 0 && now.pupils.get(id) === 0)
      .map(([id]) => id)
      .sort();
    if (
      !isCut(then.users, now.users) &&
      !isCut(then.enrollments, now.enrollments) &&
      emptiedClassIds.length === 0
    ) {
      continue;
    }
    found.push({
      schoolId,
      users: { before: then.users, after: now.users },
      enrollments: { before: then.enrollments, after: now.enrollments },
      emptiedClassIds,
    });
  }
  return found;
}

function isCut(before: number, after: number): boolean {
  const lost = before - after;
  return lost >= LOST_COUNT && lost > before * LOST_SHARE;
}

/** In Russian, with the numbers; names no person. */
export function describeIncomplete(school: IncompleteSchool): string {
  const { users, enrollments, emptiedClassIds } = school;
  const parts: string[] = [];
  if (users.after < users.before) parts.push(`людей было ${users.before}, стало ${users.after}`);
  if (enrollments.after < enrollments.before)
    parts.push(`зачислений было ${enrollments.before}, стало ${enrollments.after}`);
  if (emptiedClassIds.length > 0) parts.push(`классов без учеников: ${emptiedClassIds.length}`);
  return `Выгрузка похожа на неполную: ${parts.join('; ')}. Никто не исключён; примите её, если она верна`;
}

/** What a file would leave of each of its schools. */
export function sizesOf(reading: RosterReading): Map<string, RosterSize> {
  return new Map(
    reading.schools.map((school) => {
      const pupils = new Map<string, number>();
      let enrollments = 0;
      for (const unit of school.units.values()) {
        const count = school.pupils.get(unit.id)?.size ?? 0;
        enrollments += count;
        if (unit.kind === 'class') pupils.set(unit.id, count);
      }
      return [school.id, { users: school.people.size, enrollments, pupils }];
    }),
  );
}

/** What is stored of schools; of classes, the pupils that belong to them on the day. */
export async function storedSizes(
  tx: Sql,
  schoolIds: readonly string[],
  day: Day,
): Promise<Map<string, RosterSize>> {
  const users = await sql<{ id: string; users: number; enrollments: number }>`
    select s.id,
      (select count(*)::int from person p where p.school_id = s.id and p.present) as users,
      (select count(*)::int from enrollment e where e.school_id = s.id and e.present) as enrollments
    from school s where s.id = any(${schoolIds})`.execute(tx);
  const classes = await sql<{ id: string; classId: string; pupils: number }>`
    select school_id as id, unit_id as "classId", count(*)::int as pupils from enrollment
    where school_id = any(${schoolIds}) and unit = 'class' and present and (ends_on is null or ends_on >= ${day})
    group by school_id, unit_id`.execute(tx);
  const pupils = Map.groupBy(classes.rows, (row) => row.id);
  return new Map(
    users.rows.map(({ id, users, enrollments }) => [
      id,
      { users, enrollments, pupils: new Map((pupils.get(id) ?? []).map((row) => [row.classId, row.pupils])) },
    ]),
  );
}
