/** Operations that can go on, as jobs. One that only waits for its chats costs nothing: their last one ends it. */
import { sql } from 'kysely';
import type { Queues } from '../../jobs/queues.ts';
import { runOperation } from '../../jobs/run-operation.ts';
import type { Context } from '../context.ts';
import { isFollowedToItsEnd } from '../planning/end-operations.ts';
import { isEmptyHold } from '../rows/operation.ts';
import { CLOCKS_DIFFER_MS } from '../rows/operation-approval.ts';
import { carried } from './carried.ts';

/** While the queue holds so many jobs, a sweep gives no operation a second time, so that it costs little. */
const GIVEN_AGAIN = 50;

/** True in SQL where an operation is at work or waits for a person (index operation_open). */
const isOpen = sql`o.state in ('queued', 'running', 'held')`;

/**
 * True in SQL where a held operation has an approval whose time has come, or one that a clock ahead of ours has
 * stamped.
 */
function isApproved(ctx: Context) {
  const at = new Date(ctx.clock.now());
  const aheadOf = new Date(at.getTime() + CLOCKS_DIFFER_MS);
  return sql`(o.state = 'held' and exists (select from jsonb_array_elements(o.params->'awaiting') a
    where (a->>'actsAt')::timestamptz <= ${at} or (a->>'at')::timestamptz > ${aheadOf}))`;
}

/**
 * True in SQL where an operation of a school can go on: it has work of its own; or none of its chats has work left,
 * because a crash has lost its end; or it is held and has such an approval, or holds nobody any more.
 */
const canGoOn = (ctx: Context) => sql<boolean>`(o.state = 'queued'
  or o.state = 'running' and not o.params ? 'following'
  or ${isFollowedToItsEnd(ctx)} or ${isApproved(ctx)} or ${isEmptyHold})`;

/** True in SQL where an operation of a school can go on. */
export const operationsGoOn = (ctx: Context) =>
  sql<boolean>`exists (select from operation o where ${isOpen} and o.school_id is not null and ${canGoOn(ctx)})`;

/** Gives the operations of these schools, or of all where null, that can go on, the oldest first. */
export async function operationsThatGoOn(
  ctx: Context,
  schoolIds: readonly string[] | null,
): Promise<{ schoolId: string; operationId: string; traceparent: string | null }[]> {
  const named = schoolIds === null ? sql`o.school_id is not null` : sql`o.school_id = any(${[...schoolIds]})`;
  const { rows } = await sql<{ schoolId: string; operationId: string; traceparent: string | null }>`
    select o.school_id as "schoolId", o.id as "operationId", o.traceparent from operation o
    where ${isOpen} and ${named} and ${canGoOn(ctx)} order by o.created_at`.execute(ctx.db.across('relay'));
  return rows;
}

/**
 * Makes a job for each operation of these schools that can go on. An operation that has a job gets no second one. Null
 * means all schools. While the queue holds enough jobs, only the operations that were asked for first get one.
 */
export async function relayOperations(
  ctx: Context,
  queues: Queues,
  schoolIds: readonly string[] | null,
): Promise<void> {
  const due = await operationsThatGoOn(ctx, schoolIds);
  const isEnough = schoolIds === null && (await queues.unfinished('operations')) >= due.length;
  const given = isEnough ? due.slice(0, GIVEN_AGAIN) : due;
  await queues.addAll(
    runOperation,
    given.map(({ traceparent, ...keys }) => ({ payload: { ...keys, ...carried(traceparent) } })),
  );
  ctx.wake('parents');
}

/** Files are read one after another, so only the first that is not read yet is due. */
const nextFile = sql<{
  operationId: string;
  traceparent: string | null;
}>`select o.id as "operationId", o.traceparent from operation o
  where ${isOpen} and o.school_id is null and o.state <> 'held' and not o.params ? 'schools'
  order by o.created_at, o.id limit 1`;

/** True in SQL where a file waits to be read, or is being read. */
export const filesWait = () => sql<boolean>`exists (${nextFile})`;

/** Makes the job of the file that is to be read next. */
export async function relayFiles(ctx: Context, queues: Queues): Promise<void> {
  const { rows } = await nextFile.execute(ctx.db.across('relay'));
  await queues.addAll(
    runOperation,
    rows.map(({ operationId, traceparent }) => ({
      payload: { schoolId: null, operationId, ...carried(traceparent) },
    })),
  );
}
