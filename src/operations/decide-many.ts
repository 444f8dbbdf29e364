import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { BusyError } from '../store/busy.ts';
import { decideHeld } from './decide-held.ts';

/** Decisions of so many schools are made at a time: each holds a connection of the work's. */
const AT_ONCE = 4;

export interface DecideMany {
  decision: 'approve' | 'reject';
  operationIds: readonly string[];
  by: Author;
  /** The one school of somebody who is bound to it; `*` for all. */
  within: string;
}

export interface DecidedMany {
  decided: { schoolId: string; operationId: string }[];
  /** `reason`: the type of the refusal. */
  refused: { operationId: string; reason: string }[];
}

/**
 * Decides about what several schools hold (K1). Each decision is its school's own: made in a transaction of that
 * school, journalled there, and a refusal of one keeps no other. An import of several schools stands for its schools.
 */
export async function decideMany(
  ctx: Context,
  { decision, operationIds, by, within }: DecideMany,
): Promise<DecidedMany> {
  const ids = [...new Set(operationIds)];
  const { rows: found } = await sql<{ id: string; schoolId: string; asked: string }>`
    select o.id, o.school_id as "schoolId", coalesce(i.id, p.id) as asked from operation o
      left join unnest(${ids}::uuid[]) i(id) on i.id = o.id left join unnest(${ids}::uuid[]) p(id) on p.id = o.parent_id
    where (o.id = any(${ids}::uuid[]) or o.parent_id = any(${ids}::uuid[])) and o.school_id is not null
      and (${within} = '*' or o.school_id = ${within}) order by o.id`.execute(ctx.db.across('decisions'));
  const result: DecidedMany = { decided: [], refused: [] };
  const asked = new Set(found.map((one) => one.asked));
  for (const id of ids) if (!asked.has(id)) result.refused.push({ operationId: id, reason: 'not-found' });
  const waiting = found.values();
  const work = async () => {
    for (const { id: operationId, schoolId } of waiting) {
      try {
        await decideHeld(ctx, { schoolId, operationId, decision, chatIds: null, by });
        result.decided.push({ schoolId, operationId });
      } catch (error) {
        if (error instanceof BusyError) result.refused.push({ operationId, reason: 'busy' });
        else if (error instanceof Refusal) result.refused.push({ operationId, reason: error.type });
        else throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return result;
}
