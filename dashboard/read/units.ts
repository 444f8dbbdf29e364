import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import type { Viewer } from '../../src/store/queries/viewer.ts';
import { oneRow } from '../../src/store/rows.ts';

export interface ClassItem {
  id: string;
  title: string;
}

export interface GroupItem {
  id: string;
  title: string;
  subject: string;
  classId: string | null;
  classTitle: string | null;
}

/** Unsorted, because the page that shows titles puts them in natural order. */
export interface Units {
  classes: ClassItem[];
  groups: GroupItem[];
}

/** Gives the classes of a school; for a teacher, the classes that the teacher leads. Unsorted, as all here. */
export async function classesOf(db: Sql, viewer: Viewer): Promise<ClassItem[]> {
  const own = viewer.sees === 'circle' ? viewer.personId : null;
  const { rows } = await sql<ClassItem>`
    select id, title from class where school_id = ${viewer.schoolId} and present
      ${own === null ? sql`` : sql`and ${own} = any(homeroom_teacher_ids)`}`.execute(db);
  return rows;
}

/** Gives the classes and subject groups of a school; for a teacher, the own ones (E2). */
export async function unitsOf(db: Sql, viewer: Viewer): Promise<Units> {
  const own = viewer.sees === 'circle' ? viewer.personId : null;
  const groups = await sql<GroupItem>`
    select g.id, g.title, g.subject, g.class_id as "classId", k.title as "classTitle"
    from subject_group g left join class k on k.school_id = g.school_id and k.id = g.class_id
    where g.school_id = ${viewer.schoolId} and g.present
      ${own === null ? sql`` : sql`and ${own} = any(g.teacher_ids)`}`.execute(db);
  return { classes: await classesOf(db, viewer), groups: groups.rows };
}

/** Gives what a chat's class and subject are called. Null: the chat has none, or the school has it no longer. */
export async function unitNames(
  db: Sql,
  schoolId: string,
  { classId, subjectGroupId }: { classId: string | null; subjectGroupId: string | null },
): Promise<{ classTitle: string | null; subject: string | null }> {
  const { rows } = await sql<{ classTitle: string | null; subject: string | null }>`select
    (select title from class where school_id = ${schoolId} and id = ${classId}) as "classTitle",
    (select coalesce(nullif(subject, ''), title) from subject_group
      where school_id = ${schoolId} and id = ${subjectGroupId}) as subject`.execute(db);
  return oneRow(rows);
}
