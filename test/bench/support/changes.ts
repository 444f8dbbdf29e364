import { sql } from 'kysely';
import type { Sql } from '../../../src/store/database.ts';

/** What an event says besides its envelope. */
export interface ChangeEvent {
  id: string;
  type: string;
  data: Record<string, unknown>;
}

interface Group {
  id: string;
  title: string;
  subject: string;
  classId: string | null;
  teacherIds: string[];
  studentIds: string[];
}

/**
 * A pupil's departure touches the class, its parents and all the pupil's groups. Pupils in more groups than this are
 * left out.
 */
const GROUPS_AT_MOST = 22;
/** This many more groups are read, to find one with another teacher. */
const SPARE_GROUPS = 5;

/**
 * Makes this many changes of a school, in fours: a linked pupil leaves, the order is cancelled, a group gets another
 * teacher, and the group gets its own teacher back. No pupil and no group occurs twice.
 */
export async function changesOf(
  db: Sql,
  schoolId: string,
  today: string,
  count: number,
): Promise<ChangeEvent[]> {
  const fours = Math.ceil(count / 4);
  const pupils = await linkedPupils(db, schoolId, fours);
  const groups = await groupsWithTeacher(db, schoolId, fours + SPARE_GROUPS);
  const changes = pupils.flatMap((pupil, at): ChangeEvent[] => {
    const group = groups[at]!;
    const other = groups.find(({ teacherIds }) => !teacherIds.includes(group.teacherIds[0]!))!.teacherIds;
    const order = `bench-${at}`;
    const items = [{ studentId: pupil }];
    return [
      {
        id: `left-${at}`,
        type: 'sgo.order.issued',
        data: { id: order, kind: 'withdrawal', effectiveOn: today, items },
      },
      { id: `back-${at}`, type: 'sgo.order.cancelled', data: { id: order } },
      { id: `other-${at}`, type: 'sgo.subject-group.saved', data: { ...group, teacherIds: other } },
      { id: `own-${at}`, type: 'sgo.subject-group.saved', data: { ...group } },
    ];
  });
  return changes.slice(0, count);
}

async function linkedPupils(db: Sql, schoolId: string, count: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select e.student_id as id from enrollment e
      join profile_link l on l.school_id = e.school_id and l.person_id = e.student_id and l.present
    where e.school_id = ${schoolId} and e.present and e.ends_on is null
    group by e.student_id
    having count(*) filter (where e.unit = 'class') = 1 and count(*) filter (where e.unit = 'group') <= ${GROUPS_AT_MOST}
    order by md5(e.student_id) limit ${count}`.execute(db);
  return rows.map((row) => row.id);
}

async function groupsWithTeacher(db: Sql, schoolId: string, count: number): Promise<Group[]> {
  const { rows } = await sql<Group>`
    select g.id, g.title, g.subject, g.class_id as "classId", g.teacher_ids as "teacherIds",
      array_agg(e.student_id) as "studentIds"
    from subject_group g
      join enrollment e on e.school_id = g.school_id and e.unit = 'group' and e.unit_id = g.id and e.present
      join profile_link l on l.school_id = g.school_id and l.person_id = g.teacher_ids[1] and l.present
    where g.school_id = ${schoolId} and g.present
    group by g.school_id, g.id having bool_and(e.ends_on is null)
    order by md5(g.id) limit ${count}`.execute(db);
  return rows;
}
