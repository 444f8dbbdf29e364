import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { ChatType } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import { type Application, applyPlan } from './apply-plan.ts';
import { planSchool, type SchoolPlan } from './plan-school.ts';

/**
 * Facts of a school changed: its switched-on chat types (D0) follow, through the guard, in the same transaction,
 * which holds the school. Null where no type is switched on yet.
 */
export async function followFacts(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  how: Application,
): Promise<SchoolPlan | null> {
  const { rows } = await sql<{ switched_on: ChatType[] }>`
    update school set revision = revision + 1 where id = ${schoolId} returning switched_on`.execute(tx);
  const types = rows[0]?.switched_on ?? [];
  if (types.length === 0) return null;
  const plan = await planSchool(ctx, tx, { schoolId, types, strict: false, day: null, recreate: false });
  await applyPlan(tx, plan, how);
  await sql`update school set computed_on = ${plan.day} where id = ${schoolId}`.execute(tx);
  return plan;
}
