import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { Sql } from '../store/database.ts';
import type { OperationKind } from '../store/entities.ts';
import { openOperation } from './operations.ts';
import type { SchoolPlan } from './plan-school.ts';

/**
 * What the guard holds anew is an operation, so that somebody can approve or reject it (F4). It follows the chats of
 * its plan and is held once they are done: the caller applies the plan under it and, after the commit, closes it
 * (finishOperations) or wakes the operations. Null where nothing is held that no other operation holds already.
 */
export async function holdingOperation(
  ctx: Context,
  tx: Sql,
  { schoolId, plan }: SchoolPlan,
  about: { kind: OperationKind; by: Author; cause: string; at: Date },
): Promise<string | null> {
  if (plan.breaches.length === 0) return null;
  const { kind, by, cause, at } = about;
  const id = ctx.newId();
  const params = { following: true, planned: plan.counts, cause };
  await openOperation(tx, { id, schoolId, kind, params, by, at });
  await sql`update operation set state = 'running', started_at = ${at} where id = ${id}`.execute(tx);
  return id;
}
