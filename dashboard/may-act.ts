import type { Caller, TokenRole } from '../src/caller.ts';
import type { Context } from '../src/context.ts';
import { isAdministrator } from '../src/desired/roles.ts';
import { forbidden } from '../src/refusal.ts';
import { wasErased } from '../src/roster/erased.ts';
import { idNow } from '../src/store/queries/former-ids.ts';
import { findKnown, type Known } from '../src/store/queries/viewer.ts';

/** Roles whose rights come from the token, because the roster does not have these callers. */
export const BY_TOKEN: readonly TokenRole[] = ['operator', 'service', 'security'];

/**
 * Whether a caller has any rights now, by what the roster knows of them (contract, «Who calls»). A person who is gone
 * has none. A school admin must have that role in the roster, unless the roster never knew the person and СГО alone
 * vouches for them.
 */
export function mayAct(role: TokenRole, known: Known | null): boolean {
  if (BY_TOKEN.includes(role) || known === null) return true;
  if (!known.present) return false;
  return role !== 'school-admin' || isAdministrator(known);
}

/**
 * Checks that the caller has rights in the school. Reads the roster anew: once a request, and at each look of a
 * stream. Gives the caller as the roster names them now: a token may still say a former id (K4).
 * @throws Refusal(403) where the caller has none, or none any more
 */
export async function assertMayAct(ctx: Context, caller: Caller, schoolId: string): Promise<Caller> {
  if (BY_TOKEN.includes(caller.role) || schoolId === '*') return caller;
  const db = ctx.db.of(schoolId);
  const known = await findKnown(db, schoolId, caller.subject);
  const subject = known === null ? await idNow(db, schoolId, caller.subject) : caller.subject;
  if (subject !== caller.subject) return assertMayAct(ctx, { ...caller, subject }, schoolId);
  await assertKnownMayAct(ctx, caller, schoolId, known);
  return caller;
}

/**
 * Checks the caller's rights by what was just read of the person.
 * @throws Refusal(403)
 */
export async function assertKnownMayAct(
  ctx: Context,
  { role, subject }: Caller,
  schoolId: string,
  known: Known | null,
): Promise<void> {
  if (BY_TOKEN.includes(role)) return;
  if (!mayAct(role, known) || (known === null && (await wasErased(ctx, schoolId, subject))))
    throw forbidden();
}
