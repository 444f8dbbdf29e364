/** One school in which orders move Анна about. */
import type { EnrollmentFact, OrderFact } from '../../src/desired/model.ts';
import { enrolled, order, schoolOf } from './small-school.ts';

/** Анна is in 5А and its group geo, and in the club of no class. Her mother has no other child. */
export const base = [
  enrolled('class', '5А', 'anna'),
  enrolled('group', 'geo', 'anna'),
  enrolled('group', 'club', 'anna'),
];

export function school(orders: readonly OrderFact[], enrollments: readonly EnrollmentFact[] = base) {
  return schoolOf({
    people: {
      director: 'administrator',
      ivanova: 'teacher',
      anna: 'student',
      boris: 'student',
      mother: 'parent',
    },
    classes: { '5А': { homeroomTeacherIds: ['ivanova'] }, '5Б': { homeroomTeacherIds: ['ivanova'] } },
    groups: { geo: { classId: '5А' }, algebra: { classId: '5Б' }, club: {} },
    enrollments,
    guardians: { mother: ['anna'] },
    orders,
  });
}

export const anna = { studentId: 'anna' };
export const out = (id: string, day: string, when = {}) => order(id, 'withdrawal', day, anna, when);
export const into = (id: string, day: string, classId: string, when = {}) =>
  order(id, 'enrollment', day, { ...anna, classId }, when);
