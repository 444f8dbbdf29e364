/** What the roles of a person say. The same rules in SQL stand in store/queries/person-columns.ts. */
import type { Role } from './model.ts';

interface InRoles {
  roles: readonly Role[];
}

export const STAFF_ROLES: readonly Role[] = ['teacher', 'administrator', 'staff'];

/** Whether the person works at the school. */
export function isStaffMember({ roles }: InRoles): boolean {
  return roles.some((role) => STAFF_ROLES.includes(role));
}

/** Whether the person learns at the school, whatever else they do there. */
export function isPupil({ roles }: InRoles): boolean {
  return roles.includes('student');
}

/**
 * Whether the person is a pupil and nothing else. Such a person is never an admin (C5), and by the rules never in a
 * parents' chat (J6).
 */
export function isOnlyPupil({ roles }: InRoles): boolean {
  return roles.length > 0 && roles.every((role) => role === 'student');
}

/** Whether the person is a school admin. */
export function isAdministrator({ roles }: InRoles): boolean {
  return roles.includes('administrator');
}
