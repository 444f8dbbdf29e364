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

/** The caller of a request, as the token says. `schoolId` `'*'` means any school, which the request names. */
export interface Caller {
  subject: string;
  role: TokenRole;
  schoolId: string;
}
