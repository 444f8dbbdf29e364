/** What schools and operations have to do, as jobs. */
import { sql } from 'kysely';
import { beginDay } from '../../jobs/begin-day.ts';
import type { Queues } from '../../jobs/queues.ts';
import { runOperation } from '../../jobs/run-operation.ts';
import { sweepDrift } from '../../jobs/sweep-drift.ts';
import { tidyUp } from '../../jobs/tidy-up.ts';
import type { Context } from '../context.ts';
import { schoolsToBegin } from '../follow/begin-day.ts';
import { schoolsToSweep } from '../live/drift.ts';
import { settleImports } from '../operations/import-parents.ts';
import { isEmptyHold } from '../rows/operation.ts';
import { CLOCKS_DIFFER_MS } from '../rows/operation-approval.ts';

/** True in SQL where a held operation has an approval whose time has come, or one of a clock that was ahead. */
function isApproved(ctx: Context) {
  const at = new Date(ctx.clock.now());
  const aheadOf = new Date(at.getTime() + CLOCKS_DIFFER_MS);
  return sql`(state = 'held' and exists (select from jsonb_array_elements(params->'awaiting') a
    where (a->>'actsAt')::timestamptz <= ${at} or (a->>'at')::timestamptz > ${aheadOf}))`;
}

/**
 * True in SQL where an operation is open, has such an approval or holds nobody any more, or an import of several schools
 * follows its schools' operations.
 */
export const operationsAreOpen = (ctx: Context) => sql<boolean>`exists (select from operation o
  where state in ('queued', 'running') or state = 'held' and params ? 'schools' or ${isApproved(ctx)} or ${isEmptyHold})`;

/**
 * Makes a job for each open operation, and for each held one with an approval whose time has come or with nobody left
 * to decide about. An operation that has a job gets no second one.
 */
export async function relayOperations(ctx: Context, queues: Queues): Promise<void> {
  await settleImports(ctx);
  const { rows } = await sql<{ schoolId: string | null; operationId: string }>`
    select school_id as "schoolId", id as "operationId" from operation o
    where state in ('queued', 'running') and not params ? 'schools' or ${isApproved(ctx)} or ${isEmptyHold}
    order by created_at`.execute(ctx.db.across('relay'));
  await queues.addAll(
    runOperation,
    rows.map((payload) => ({ payload })),
  );
}

/**
 * Makes a job for each school whose live chats are due for a look (D8). A school with a new day begins it first: a look
 * would find that Sferum differs from the new lists, and not say why.
 */
export async function relayDrift(ctx: Context, queues: Queues): Promise<void> {
  const schools = await schoolsToSweep(ctx);
  if (schools.length === 0) return;
  const beginning = new Set(await schoolsToBegin(ctx));
  await addOf(
    queues,
    sweepDrift,
    schools.filter((id) => !beginning.has(id)),
  );
}

/** Makes a job for each school that has a new day (D6). */
export async function relayDays(ctx: Context, queues: Queues): Promise<void> {
  await addOf(queues, beginDay, await schoolsToBegin(ctx));
}

/** Makes the job of the day that no school has to itself (K6). */
export async function relayTidying(_ctx: Context, queues: Queues): Promise<void> {
  await queues.addAll(tidyUp, [{ payload: {} }]);
}

async function addOf(
  queues: Queues,
  contract: typeof sweepDrift | typeof beginDay,
  schoolIds: readonly string[],
): Promise<void> {
  await queues.addAll(
    contract,
    schoolIds.map((schoolId) => ({ payload: { schoolId } })),
  );
}
