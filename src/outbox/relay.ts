import { sql } from 'kysely';
import type { Queues } from '../../jobs/queues.ts';
import { reconcileChat } from '../../jobs/reconcile-chat.ts';
import { runOperation } from '../../jobs/run-operation.ts';
import { sweepDrift } from '../../jobs/sweep-drift.ts';
import type { Context } from '../context.ts';
import { schoolsToSweep } from '../live/drift.ts';

/** BullMQ's priorities: smaller is sooner, 0 would be before all. */
const PRIORITIES = { lesson: 1, person: 2, event: 3, bulk: 10 } as const;

/** A chat given to the queue so long ago and still due is given again, whatever the queue's figures say. */
const LOST_AFTER_MS = 60_000;
/** A chat is marked as given before its job is there: so young a mark says nothing yet. */
const HANDING_OVER_MS = 2_000;

interface DueChat {
  id: string;
  school_id: string;
  cause: string;
  priority: keyof typeof PRIORITIES;
}

/**
 * From the outbox to the queue: chats whose generation is ahead become jobs. Bulk work of one school is bounded
 * in flight (rule 7), so that a big school cannot starve the others; urgent work is not.
 */
export async function relayChats(ctx: Context, queues: Queues): Promise<number> {
  const at = new Date(ctx.clock.now());
  const { rows } = await sql<DueChat>`
    with in_flight as (
      select school_id, count(*) as n from chat
      where queued_at > ${new Date(at.getTime() - LOST_AFTER_MS)} and priority = 'bulk' group by school_id),
    due as (
      select c.id, c.priority, row_number() over (partition by c.school_id, c.priority order by c.not_before nulls first, c.id) as nth,
        coalesce(f.n, 0) as n
      from chat c join sferum_account a on a.school_id = c.school_id and a.status <> 'broken'
        left join in_flight f on f.school_id = c.school_id
      where c.generation > c.settled_generation and c.deleted_at is null
        and (c.not_before is null or c.not_before <= ${at})
        and (c.queued_at is null or c.queued_at <= ${new Date(at.getTime() - LOST_AFTER_MS)}))
    update chat set queued_at = ${at}
    where id in (select id from due
      where priority <> 'bulk' or nth + n <= ${ctx.config.limits.schoolBulkChats}
      order by array_position(array['lesson', 'person', 'event', 'bulk'], priority), nth
      limit ${ctx.config.limits.relayBatchChats})
      and (queued_at is null or queued_at <= ${new Date(at.getTime() - LOST_AFTER_MS)})
    returning id, school_id, cause, priority`.execute(ctx.db.across('relay'));
  if (rows.length === 0) return 0;
  try {
    await queues.addAll(reconcileChat, rows.map(jobOf));
  } catch (error) {
    await sql`update chat set queued_at = null where id = any(${rows.map((r) => r.id)}::uuid[]) and queued_at = ${at}`.execute(
      ctx.db.across('relay'),
    );
    throw error;
  }
  return rows.length;
}

const jobOf = (chat: DueChat) => ({
  payload: { schoolId: chat.school_id, chatId: chat.id, cause: chat.cause },
  priority: PRIORITIES[chat.priority],
});

/**
 * A queue that holds fewer jobs than chats were given to it has lost some (it was wiped, or restored): all of them
 * are given again, and melt into their jobs where these are still there. Returns how many.
 */
export async function relayLost(ctx: Context, queues: Queues): Promise<number> {
  const givenBefore = new Date(ctx.clock.now() - HANDING_OVER_MS);
  const { rows } = await sql<DueChat>`
    select id, school_id, cause, priority from chat
    where queued_at <= ${givenBefore} and generation > settled_generation and deleted_at is null`.execute(
    ctx.db.across('relay'),
  );
  if (rows.length === 0 || (await queues.unfinished('chats')) >= rows.length) return 0;
  ctx.log.warn({ chats: rows.length }, 'the queue has lost jobs; they are given to it again');
  const { relayBatchChats } = ctx.config.limits;
  for (let from = 0; from < rows.length; from += relayBatchChats) {
    await queues.addAll(reconcileChat, rows.slice(from, from + relayBatchChats).map(jobOf));
  }
  return rows.length;
}

/** Schools whose live chats are due for a look become jobs (D8). */
export async function relayDrift(ctx: Context, queues: Queues): Promise<void> {
  const schools = await schoolsToSweep(ctx);
  await queues.addAll(
    sweepDrift,
    schools.map((schoolId) => ({ payload: { schoolId } })),
  );
}

/** Open operations become jobs; one that waits already melts into its job. */
export async function relayOperations(ctx: Context, queues: Queues): Promise<number> {
  const { rows } = await sql<{ schoolId: string | null; operationId: string }>`
    select school_id as "schoolId", id as "operationId" from operation
    where state in ('queued', 'running') and not params ? 'schools' order by created_at`.execute(
    ctx.db.across('relay'),
  );
  await queues.addAll(
    runOperation,
    rows.map((payload) => ({ payload })),
  );
  return rows.length;
}
