import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { BusyError } from '../store/busy.ts';
import { approvalActs, approveLater, type OfOperation, takeBackApproval } from './approve-later.ts';
import { decideHeld } from './decide-held.ts';

/** Decisions of so many schools are made at a time, because each holds a database connection. */
const AT_ONCE = 4;

interface OfMany {
  operationIds: readonly string[];
  /** The one school to which the person is bound; `*` for all. */
  within: string;
}

export interface DecidedMany {
  decided: { schoolId: string; operationId: string }[];
  /** `reason`: the type of the refusal. */
  refused: { operationId: string; reason: string }[];
}

/**
 * Decides about what several schools hold (K1). Each decision belongs to its school: it is made in a transaction of
 * that school and stands in its journal. A refusal in one school keeps no other. An import of several schools stands
 * for its schools.
 */
export async function decideMany(
  ctx: Context,
  { decision, by, ...of }: OfMany & { decision: 'approve' | 'reject'; by: Author },
): Promise<DecidedMany> {
  return ofEach(ctx, of, (one) => decideHeld(ctx, { ...one, decision, chatIds: null, by }));
}

/**
 * Keeps one approval of what several schools hold (K1, J3): it has the same id in each of them, and acts in each after
 * `approvalWaitMs`. Until then it can be taken back.
 */
export async function approveManyLater(
  ctx: Context,
  { by, ...of }: OfMany & { by: Author },
): Promise<DecidedMany & { approvalId: string }> {
  const approvalId = ctx.newId();
  const done = await ofEach(ctx, of, (one) => approveLater(ctx, { ...one, approvalId, chatIds: null, by }));
  return { ...done, approvalId };
}

/**
 * Takes an approval back in every school where it still waits, and says where. Throws Refusal(409) `approval-acts`
 * where it waits in none.
 */
export async function takeBackMany(
  ctx: Context,
  { approvalId, within, by }: { approvalId: string; within: string; by: Author },
): Promise<DecidedMany> {
  const { rows } = await sql<{ id: string }>`select id from operation where state in ('held', 'running')
    and params->'awaiting' @> ${JSON.stringify([{ id: approvalId }])}::jsonb`.execute(
    ctx.db.across('decisions'),
  );
  const operationIds = rows.map(({ id }) => id);
  const done = await ofEach(ctx, { operationIds, within }, (one) =>
    takeBackApproval(ctx, { ...one, approvalId, by }),
  );
  if (done.decided.length === 0) throw approvalActs();
  return done;
}

async function ofEach(
  ctx: Context,
  { operationIds, within }: OfMany,
  act: (one: OfOperation) => Promise<unknown>,
): Promise<DecidedMany> {
  const ids = [...new Set(operationIds)];
  const { rows: found } = await sql<OfOperation & { asked: string }>`
    select o.id as "operationId", o.school_id as "schoolId", coalesce(i.id, p.id) as asked from operation o
      left join unnest(${ids}::uuid[]) i(id) on i.id = o.id left join unnest(${ids}::uuid[]) p(id) on p.id = o.parent_id
    where (o.id = any(${ids}::uuid[]) or o.parent_id = any(${ids}::uuid[])) and o.school_id is not null
      and (${within} = '*' or o.school_id = ${within}) order by o.id`.execute(ctx.db.across('decisions'));
  const result: DecidedMany = { decided: [], refused: [] };
  const asked = new Set(found.map((one) => one.asked));
  for (const id of ids) if (!asked.has(id)) result.refused.push({ operationId: id, reason: 'not-found' });
  const waiting = found.values();
  const work = async () => {
    for (const { schoolId, operationId } of waiting) {
      try {
        await act({ schoolId, operationId });
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
