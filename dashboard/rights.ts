import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import type { Author } from '../src/author.ts';
import type { Caller, TokenRole } from '../src/caller.ts';
import type { Context } from '../src/context.ts';
import { forbidden, notFound, Refusal } from '../src/refusal.ts';
import { findCircle } from '../src/store/queries/circle.ts';
import { findSchool, isPresentStaff, type SchoolRow, type Viewer } from '../src/store/queries/viewer.ts';
import { momentOf, timeIn } from '../src/store/school-day.ts';
import type { HttpEnv } from './auth.ts';
import { assertMayAct } from './may-act.ts';

/** Gives the caller as the journal names them. */
export function authorOf({ subject, role }: Caller): Author {
  return { id: subject, kind: role === 'operator' || role === 'service' ? role : 'person' };
}

/**
 * Lets only these roles pass, and none into another school. The answer is then 404, because nobody may learn whether
 * that school exists (V4).
 */
export function onlyRoles(...roles: TokenRole[]): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const caller = c.get('caller');
    if (!roles.includes(caller.role)) throw forbidden();
    const asked = askedSchool(c);
    if (asked !== undefined && !belongsTo(caller, asked)) throw notFound();
    await next();
  };
}

/** Lets only callers pass who have rights by the roster of this moment. */
export function onlyWhoMayAct(ctx: Context): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const caller = c.get('caller');
    c.set('caller', await assertMayAct(ctx, caller, askedSchool(c) ?? caller.schoolId));
    await next();
  };
}

/**
 * Gives the school that a request is about: the path's, `?school=`, or the token's. A token for all schools must name
 * one.
 * @throws Refusal(400) where none is named
 */
export function schoolOf(c: HonoContext<HttpEnv>): string {
  const caller = c.get('caller');
  const school = askedSchool(c) ?? caller.schoolId;
  if (!belongsTo(caller, school)) throw notFound();
  if (school === '*') throw new Refusal(400, 'school-missing', 'Укажите школу: ?school=');
  return school;
}

/** Gives the school that the request itself names, if any. */
export function askedSchool(c: HonoContext<HttpEnv>): string | undefined {
  return c.req.param('schoolId') ?? c.req.query('school');
}

function belongsTo(caller: Caller, schoolId: string): boolean {
  return caller.schoolId === '*' || caller.schoolId === schoolId;
}

/**
 * Gives the school.
 * @throws Refusal(404) where the roster has no such school
 */
export async function existingSchool(ctx: Context, schoolId: string): Promise<SchoolRow> {
  const school = await findSchool(ctx.db.of(schoolId), schoolId);
  if (!school) throw notFound();
  return school;
}

/** Gives what the caller may see of a school, by the roster of this moment (contract, «Who sees whom»). */
export async function viewerOf(ctx: Context, caller: Caller, schoolId: string): Promise<Viewer> {
  const school = await existingSchool(ctx, schoolId);
  const { today: day, timeZone } = timeIn(school.timeZone, momentOf(ctx));
  if (caller.role === 'staff') {
    if (!(await isPresentStaff(ctx.db.of(schoolId), schoolId, caller.subject))) throw forbidden();
    const at = { schoolId, day, timeZone };
    const circle = await findCircle(ctx.db.of(schoolId), at, caller.subject);
    return { sees: 'circle', ...at, personId: caller.subject, circle };
  }
  if (caller.role === 'student' || caller.role === 'parent') throw forbidden();
  return { sees: 'school', schoolId, day, timeZone, birthDates: caller.role === 'school-admin' };
}
