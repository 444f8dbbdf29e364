import type { Caller } from '../caller.ts';
import { dayIn } from '../clock.ts';
import type { Context } from '../context.ts';
import { forbidden } from '../refusal.ts';
import type { Page } from '../store/queries/page.ts';
import { isPresentStaff } from '../store/queries/viewer.ts';
import {
  childrenOf,
  countLessons,
  findLessons,
  groupsEverOf,
  type LessonFilter,
  type LessonItem,
} from './lesson-rows.ts';
import { lessonSchool } from './open-lesson.ts';
import { loadPlaces } from './pupils.ts';

/** How many lessons are looked through for a pupil. It is more than a school year has. */
const PUPIL_LESSONS = 5_000;

/**
 * Gives the lessons of a school that the caller may see, by their start. Pupils and parents see those of the groups
 * that the pupil is in on the lesson's day.
 */
export async function listLessons(
  ctx: Context,
  caller: Caller,
  filter: LessonFilter,
  page: Page,
): Promise<{ items: LessonItem[]; total: number }> {
  const { schoolId, subject, role } = caller;
  const db = ctx.db.of(schoolId);
  if (role === 'student' || role === 'parent') {
    const pupils =
      role === 'student' ? [subject] : (await childrenOf(db, schoolId, subject)).map(({ id }) => id);
    const lessons = await lessonsOfPupils(ctx, schoolId, pupils, filter);
    const from = (page.page - 1) * page.perPage;
    return { items: lessons.slice(from, from + page.perPage), total: lessons.length };
  }
  if (role === 'staff' && !(await isPresentStaff(db, schoolId, subject))) throw forbidden();
  const seen = role === 'staff' ? { ...filter, teacherId: subject } : filter;
  return {
    items: await findLessons(db, schoolId, seen, page),
    total: await countLessons(db, schoolId, seen),
  };
}

/** Gives the lessons of the groups that one of the pupils is in on the lesson's day, as the core computes it (D6). */
export async function lessonsOfPupils(
  ctx: Context,
  schoolId: string,
  studentIds: readonly string[],
  filter: LessonFilter,
): Promise<LessonItem[]> {
  const db = ctx.db.of(schoolId);
  const groupIds = await groupsEverOf(db, schoolId, studentIds);
  if (groupIds.length === 0) return [];
  const { timeZone } = await lessonSchool(ctx, schoolId);
  const found = await findLessons(db, schoolId, { ...filter, groupIds }, { page: 1, perPage: PUPIL_LESSONS });
  const places = await loadPlaces(db, { schoolId, timeZone }, { studentIds, groupIds });
  return found.filter(({ subjectGroupId, startsAt }) => {
    const day = dayIn(timeZone, Date.parse(startsAt));
    return places.inGroup(subjectGroupId, day).length > 0;
  });
}
