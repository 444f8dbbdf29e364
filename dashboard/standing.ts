import type { Caller, TokenRole } from '../src/caller.ts';
import type { Context } from '../src/context.ts';
import { wasErased } from '../src/roster/erased.ts';
import { findKnown, type Known } from '../src/store/queries/viewer.ts';
import { forbidden } from './refusals.ts';

/** Whose rights come from the token: they are nobody of the roster's. */
const BY_TOKEN: readonly TokenRole[] = ['operator', 'service', 'security'];

/**
 * Whether somebody has any rights now, by what the roster knows of him (contract, «Who calls»). Who is gone has none; a
 * school admin must have that role there, unless the roster never knew him and СГО alone vouches for him.
 */
export function mayAct(role: TokenRole, known: Known | null): boolean {
  if (BY_TOKEN.includes(role) || known === null) return true;
  if (!known.present) return false;
  return role !== 'school-admin' || known.roles.includes('administrator');
}

/** Throws Refusal(403) for who has no rights (any more) in the school. Reads the roster anew: once a request, and a stream's look. */
export async function assertMayAct(ctx: Context, caller: Caller, schoolId: string): Promise<void> {
  if (BY_TOKEN.includes(caller.role) || schoolId === '*') return;
  await assertStanding(ctx, caller, schoolId, await findKnown(ctx.db.of(schoolId), schoolId, caller.subject));
}

/** The same, by what was just read of the person. */
export async function assertStanding(
  ctx: Context,
  { role, subject }: Caller,
  schoolId: string,
  known: Known | null,
): Promise<void> {
  if (BY_TOKEN.includes(role)) return;
  if (!mayAct(role, known) || (known === null && (await wasErased(ctx, schoolId, subject))))
    throw forbidden();
}
