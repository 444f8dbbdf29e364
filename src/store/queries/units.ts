import { sql } from 'kysely';
import type { Sql } from '../database.ts';
import type { Viewer } from './viewer.ts';

export interface ClassItem {
  id: string;
  title: string;
}

export interface GroupItem {
  id: string;
  title: string;
  subject: string;
  classId: string | null;
}

/** Unsorted: whoever shows titles puts them in natural order. */
export interface Units {
  classes: ClassItem[];
  groups: GroupItem[];
}

/** The classes and subject groups of a school; for a teacher those he leads and teaches (E2). */
export async function unitsOf(db: Sql, viewer: Viewer): Promise<Units> {
  const own = viewer.sees === 'circle' ? viewer.personId : null;
  const classes = await sql<ClassItem>`
    select id, title from class where school_id = ${viewer.schoolId} and present
      ${own === null ? sql`` : sql`and ${own} = any(homeroom_teacher_ids)`}`.execute(db);
  const groups = await sql<GroupItem>`
    select id, title, subject, class_id as "classId" from subject_group where school_id = ${viewer.schoolId} and present
      ${own === null ? sql`` : sql`and ${own} = any(teacher_ids)`}`.execute(db);
  return { classes: classes.rows, groups: groups.rows };
}
