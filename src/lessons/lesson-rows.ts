import { sql } from 'kysely';
import type { Day } from '../desired/model.ts';
import { instant, type Sql } from '../store/database.ts';
import type { Page } from '../store/queries/page.ts';
import { byName, shownName } from '../store/queries/person-columns.ts';
import { oneRow } from '../store/rows.ts';
import { beginningOf } from '../store/school-day.ts';

/** A lesson of СГО with what the pages show beside it. */
export interface LessonItem {
  id: string;
  subjectGroupId: string;
  groupTitle: string;
  subject: string;
  classId: string | null;
  classTitle: string | null;
  grade: string | null;
  teacherId: string;
  teacherName: string;
  /** The teachers whom the group has now. */
  groupTeacherIds: string[];
  /** False: СГО has removed the group. Nobody can come to the lesson, so it has no meeting. */
  isGroupThere: boolean;
  startsAt: string;
  endsAt: string;
  topic: string | null;
  meeting: LessonMeeting | null;
}

interface LessonMeeting {
  /** Null means the default title. */
  title: string | null;
  /** The link of the call; null where there is none yet. */
  joinLink: string | null;
  condition: { status: 'synced' | 'behind' | 'failing'; message: string | null };
}

/** An instant (ISO 8601), or the beginning of a school's day, or of the day so many days later. */
export type Boundary = { at: string } | { day: Day; plusDays: number; timeZone: string };

export interface LessonFilter {
  ids?: readonly string[];
  /** The first moment, and the first one after the last. A lesson counts by its start. */
  from?: Boundary | undefined;
  before?: Boundary | undefined;
  grade?: string | undefined;
  classId?: string | undefined;
  subject?: string | undefined;
  groupIds?: readonly string[] | undefined;
  /** Lessons of this teacher's groups, or those that the teacher gives as a substitute. */
  teacherId?: string | undefined;
}

interface Row extends Omit<LessonItem, 'meeting'> {
  isMeeting: boolean;
  meetingTitle: string | null;
  joinLink: string | null;
  condition: LessonMeeting['condition']['status'];
  conditionMessage: string | null;
}

/** Gives lessons that are held, by their start. A removed group's lessons stay with the teacher whom they name. */
export async function findLessons(
  db: Sql,
  schoolId: string,
  filter: LessonFilter,
  { page, perPage }: Page = { page: 1, perPage: 1000 },
): Promise<LessonItem[]> {
  const { rows } = await sql<Row>`
    select l.id, l.subject_group_id as "subjectGroupId", coalesce(g.title, '') as "groupTitle",
      coalesce(nullif(g.subject, ''), g.title, '') as subject, g.class_id as "classId", k.title as "classTitle", k.grade,
      l.teacher_id as "teacherId", coalesce(${shownName}, '') as "teacherName",
      coalesce(g.teacher_ids, '{}') as "groupTeacherIds", g.id is not null as "isGroupThere", l.starts_at as "startsAt", l.ends_at as "endsAt", l.topic,
      m.lesson_id is not null and g.id is not null as "isMeeting", m.title as "meetingTitle", o.join_link as "joinLink",
      m.condition, m.condition_message as "conditionMessage"
    from lesson l
      left join subject_group g on g.school_id = l.school_id and g.id = l.subject_group_id and g.present
      left join class k on k.school_id = l.school_id and k.id = g.class_id and k.present
      left join person p on p.school_id = l.school_id and p.id = l.teacher_id
      left join meeting m on m.school_id = l.school_id and m.lesson_id = l.id and m.deleted_at is null
      left join meeting_call o on o.school_id = m.school_id and o.lesson_id = m.lesson_id and o.state = 'open'
        and coalesce(o.subject_group_id, l.subject_group_id) = l.subject_group_id
    where ${matches(schoolId, filter)}
    order by l.starts_at, g.title, l.id
    limit ${perPage} offset ${(page - 1) * perPage}`.execute(db);
  return rows.map(({ isMeeting, meetingTitle, joinLink, condition, conditionMessage, ...lesson }) => ({
    ...lesson,
    startsAt: instant(lesson.startsAt),
    endsAt: instant(lesson.endsAt),
    meeting: isMeeting
      ? { title: meetingTitle, joinLink, condition: { status: condition, message: conditionMessage } }
      : null,
  }));
}

/** Counts the lessons that `findLessons` would give. */
export async function countLessons(db: Sql, schoolId: string, filter: LessonFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from lesson l
      left join subject_group g on g.school_id = l.school_id and g.id = l.subject_group_id and g.present
    where ${matches(schoolId, filter)}`.execute(db);
  return oneRow(rows).n;
}

/** A group of several classes counts for each class of which it has a pupil. */
function matches(schoolId: string, filter: LessonFilter) {
  const { ids, from, before, grade, classId, subject, groupIds, teacherId } = filter;
  const conditions = [
    sql`l.school_id = ${schoolId} and l.present`,
    ids && sql`l.id = any(${[...ids]})`,
    from && sql`l.starts_at >= ${beginning(from)}`,
    before && sql`l.starts_at < ${beginning(before)}`,
    grade && sql`g.id = any(${groupsOf(schoolId, sql`c.grade = ${grade}`)})`,
    classId && sql`g.id = any(${groupsOf(schoolId, sql`c.id = ${classId}`)})`,
    subject && sql`coalesce(nullif(g.subject, ''), g.title) = ${subject}`,
    groupIds && sql`l.subject_group_id = any(${[...groupIds]})`,
    teacherId && sql`(l.teacher_id = ${teacherId} or ${teacherId} = any(g.teacher_ids))`,
  ].filter((condition) => condition !== undefined && condition !== '');
  return sql.join(conditions, sql` and `);
}

function beginning(boundary: Boundary) {
  if ('at' in boundary) return sql`${boundary.at}::timestamptz`;
  return beginningOf(boundary.day, boundary.timeZone, boundary.plusDays);
}

/** The ids of groups of the fitting classes `c`: groups of that class alone, or with pupils from it. */
function groupsOf(schoolId: string, fits: ReturnType<typeof sql>) {
  return sql`array(
    select s.id from class c join subject_group s on s.school_id = c.school_id and s.class_id = c.id
      where c.school_id = ${schoolId} and c.present and ${fits}
    union select s.id from class c
      join enrollment ce on ce.school_id = c.school_id and ce.unit = 'class' and ce.unit_id = c.id and ce.present
      join enrollment ge on ge.school_id = c.school_id and ge.unit = 'group' and ge.student_id = ce.student_id and ge.present
      join subject_group s on s.school_id = c.school_id and s.id = ge.unit_id and s.class_id is null
      where c.school_id = ${schoolId} and c.present and ${fits})`;
}

export interface JournalUnits {
  classes: { id: string; title: string; grade: string | null }[];
  /** Sorted. */
  subjects: string[];
}

/**
 * Gives what the journal of lessons can be filtered by: everything, or what belongs to a teacher's groups and own
 * lessons. Classes are unsorted.
 */
export async function journalUnits(
  db: Sql,
  schoolId: string,
  teacherId: string | null,
): Promise<JournalUnits> {
  const own =
    teacherId === null
      ? sql`true`
      : sql`(${teacherId} = any(g.teacher_ids) or g.id in (select l.subject_group_id from lesson l
        where l.school_id = ${schoolId} and l.teacher_id = ${teacherId} and l.present))`;
  const { rows } = await sql<JournalUnits>`
    with groups as (select * from subject_group g where g.school_id = ${schoolId} and g.present and ${own})
    select coalesce((select jsonb_agg(jsonb_build_object('id', k.id, 'title', k.title, 'grade', k.grade)) from class k
        where k.school_id = ${schoolId} and k.present and k.id in (select class_id from groups)), '[]') as classes,
      array(select distinct coalesce(nullif(subject, ''), title) as subject from groups order by subject) as subjects`.execute(
    db,
  );
  return oneRow(rows);
}

/**
 * Gives the groups into which one of these pupils was ever stated or ordered. They include every group that the pupil
 * is in on any day.
 */
export async function groupsEverOf(
  db: Sql,
  schoolId: string,
  studentIds: readonly string[],
): Promise<string[]> {
  const ids = sql`${[...studentIds]}::text[]`;
  const { rows } = await sql<{ id: string }>`
    select unit_id as id from enrollment where school_id = ${schoolId} and unit = 'group' and student_id = any(${ids})
    union select unit_id from order_place where school_id = ${schoolId} and unit = 'group' and student_id = any(${ids})`.execute(
    db,
  );
  return rows.map((r) => r.id);
}

export interface Child {
  id: string;
  name: string;
}

/** Gives a guardian's children by name. */
export async function childrenOf(db: Sql, schoolId: string, guardianId: string): Promise<Child[]> {
  const { rows } = await sql<Child>`
    select p.id, ${shownName} as name from guardian g join person p on p.school_id = g.school_id and p.id = g.student_id
    where g.school_id = ${schoolId} and g.guardian_id = ${guardianId} and g.present and p.present
    order by ${byName}`.execute(db);
  return rows;
}
