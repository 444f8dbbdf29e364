import type { Role } from '../../desired/model.ts';

/**
 * Translates roles of users.csv (1.1) and roles.csv (1.2) into ours. Version 1.2 has no `administrator`, so the
 * administrators of a site and of the system stand for the school's. A principal or an official of the district has
 * no chats to administer by office.
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

/** Gives our role for a role of OneRoster; undefined for an unknown one. */
export function userRole(name: string): Role | undefined {
  return Object.hasOwn(USER_ROLES, name) ? USER_ROLES[name] : undefined;
}

/**
 * Translates a role of enrollments.csv. Somebody who neither learns nor teaches in a class has no place in its chat.
 */
export function enrollmentRole(name: string): 'student' | 'teacher' | 'other' | undefined {
  if (name === 'student' || name === 'teacher') return name;
  return userRole(name) === undefined ? undefined : 'other';
}
