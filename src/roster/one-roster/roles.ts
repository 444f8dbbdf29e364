import type { Role } from '../../desired/model.ts';

/**
 * Roles of users.csv (1.1) and roles.csv (1.2) → ours. 1.2 has no `administrator`: those of a site and of the
 * system stand for the school's; a principal or a district's official administers no chats by office.
 */
const USER_ROLES: Readonly<Record<string, Role>> = {
  student: 'student',
  teacher: 'teacher',
  parent: 'parent',
  guardian: 'parent',
  relative: 'parent',
  administrator: 'administrator',
  siteAdministrator: 'administrator',
  systemAdministrator: 'administrator',
  districtAdministrator: 'staff',
  principal: 'staff',
  counselor: 'staff',
  aide: 'staff',
  proctor: 'staff',
};

export function userRole(name: string): Role | undefined {
  return Object.hasOwn(USER_ROLES, name) ? USER_ROLES[name] : undefined;
}

/** Of enrollments.csv: those that are neither taught nor teach have no place in a chat. */
export function enrollmentRole(name: string): 'student' | 'teacher' | 'other' | undefined {
  if (name === 'student' || name === 'teacher') return name;
  return userRole(name) === undefined ? undefined : 'other';
}
