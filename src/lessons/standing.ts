import type { Caller } from '../caller.ts';
import { dayIn } from '../clock.ts';
import type { Sql } from '../store/database.ts';
import { isPresentStaff } from '../store/queries/viewer.ts';
import type { SchoolZone } from '../store/school-day.ts';
import { childrenOf, type LessonItem } from './lesson-rows.ts';
import { isAnyInGroup } from './pupils.ts';

/**
 * What a caller is to a lesson.
 * teacher: of its group, or a substitute whom the lesson names; makes, opens and deletes its meeting (I1, I4) ·
 * pupil: of the group on the lesson's day; enters (I6) · parent: of such a pupil; sees that there is a meeting ·
 * admin: of the school; ends any call by deleting its meeting (I4) · onlooker: an operator or СГО; sees the lessons
 * and enters none.
 */
export type LessonStanding = 'teacher' | 'pupil' | 'parent' | 'admin' | 'onlooker';

/** `makes` the meeting · `deletes` it, which also ends its call · `enters` the call */
export const LESSON_RIGHTS: Readonly<
  Record<LessonStanding, { makes: boolean; deletes: boolean; enters: boolean }>
> = {
  teacher: { makes: true, deletes: true, enters: true },
  pupil: { makes: false, deletes: false, enters: true },
  parent: { makes: false, deletes: false, enters: false },
  admin: { makes: false, deletes: true, enters: false },
  onlooker: { makes: false, deletes: false, enters: false },
};

/** Gives the caller's standing; null where the caller has none and is not even told that the lesson exists. */
export async function standingTo(
  db: Sql,
  caller: Caller,
  lesson: Pick<LessonItem, 'subjectGroupId' | 'teacherId' | 'groupTeacherIds' | 'startsAt'>,
  zone: SchoolZone,
): Promise<LessonStanding | null> {
  const { schoolId, subject, role } = caller;
  switch (role) {
    case 'student':
      return (await studies(db, [subject], lesson, zone)) ? 'pupil' : null;
    case 'parent': {
      const children = await childrenOf(db, schoolId, subject);
      const ids = children.map(({ id }) => id);
      return (await studies(db, ids, lesson, zone)) ? 'parent' : null;
    }
    case 'staff':
      return (await teaches(db, caller, lesson)) ? 'teacher' : null;
    case 'school-admin':
      return (await teaches(db, caller, lesson)) ? 'teacher' : 'admin';
    default:
      return 'onlooker';
  }
}

async function teaches(
  db: Sql,
  { schoolId, subject }: Caller,
  { teacherId, groupTeacherIds }: Pick<LessonItem, 'teacherId' | 'groupTeacherIds'>,
): Promise<boolean> {
  if (teacherId !== subject && !groupTeacherIds.includes(subject)) return false;
  return isPresentStaff(db, schoolId, subject);
}

async function studies(
  db: Sql,
  studentIds: readonly string[],
  { subjectGroupId, startsAt }: Pick<LessonItem, 'subjectGroupId' | 'startsAt'>,
  zone: SchoolZone,
): Promise<boolean> {
  if (studentIds.length === 0) return false;
  const day = dayIn(zone.timeZone, Date.parse(startsAt));
  return isAnyInGroup(db, zone, studentIds, { groupId: subjectGroupId, day });
}
