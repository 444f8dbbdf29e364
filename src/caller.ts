export const TOKEN_ROLES = [
  'service',
  'operator',
  'security',
  'school-admin',
  'staff',
  'student',
  'parent',
] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** Who makes a request, as the token says. `schoolId` `'*'`: any school, named by the request. */
export interface Caller {
  subject: string;
  role: TokenRole;
  schoolId: string;
}
