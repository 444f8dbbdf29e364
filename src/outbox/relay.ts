import { sql } from 'kysely';
import type { Queues } from '../../jobs/queues.ts';
import { reconcileChat } from '../../jobs/reconcile-chat.ts';
import { CHATS_PER_JOB, reconcileChats } from '../../jobs/reconcile-chats.ts';
import { runOperation } from '../../jobs/run-operation.ts';
import { sweepDrift } from '../../jobs/sweep-drift.ts';
import type { Context } from '../context.ts';
import { schoolsToSweep } from '../live/drift.ts';
import { type DueChat, giveOut, letGo } from '../rows/chat-outbox.ts';
import { CLOCKS_DIFFER_MS } from '../rows/operation-approval.ts';

/**
 * Priorities of BullMQ, where a smaller number comes sooner. 0 is not used, because it would come before all others.
 */
const PRIORITIES = { lesson: 1, person: 2, event: 3, bulk: 10 } as const;

/** A chat that is still due so long after it was given to the queue is given again, whatever the queue reports. */
const LOST_AFTER_MS = 60_000;
/** A chat is marked as given before its job exists, so a mark younger than this does not show a lost job. */
const HANDING_OVER_MS = 2_000;

/**
 * Gives chats with due work to the queue and returns their number (rule 3). The bulk work of one school in flight is
 * bounded, so that a big school does not starve the others (rule 7). Urgent work has no bound.
 */
export async function relayChats(ctx: Context, queues: Queues): Promise<number> {
  const at = new Date(ctx.clock.now());
  const { schoolBulkChats, relayBatchChats } = ctx.config.limits;
  const chats = await giveOut(ctx.db.across('relay'), {
    ...{ at, lostBefore: new Date(at.getTime() - LOST_AFTER_MS) },
    ...{ schoolBulkChats, most: relayBatchChats },
  });
  if (chats.length === 0) return 0;
  try {
    await give(queues, chats);
  } catch (error) {
    await letGo(
      ctx.db.across('relay'),
      chats.map(({ id }) => id),
      at,
    );
    throw error;
  }
  return chats.length;
}

/** Urgent chats get a job each. Bulk chats share jobs, which carry chats of one school. */
async function give(queues: Queues, chats: readonly DueChat[]): Promise<void> {
  const urgent = chats.filter(({ priority }) => priority !== 'bulk');
  await queues.addAll(
    reconcileChat,
    urgent.map(({ schoolId, id: chatId, cause, priority }) => ({
      payload: { schoolId, chatId, cause },
      priority: PRIORITIES[priority],
    })),
  );
  const bulk = chats.filter(({ priority }) => priority === 'bulk');
  const jobs = [...Map.groupBy(bulk, ({ schoolId }) => schoolId)].flatMap(([schoolId, own]) =>
    partsOf(own, CHATS_PER_JOB).map((part) => ({ schoolId, chatIds: part.map(({ id }) => id) })),
  );
  await queues.addAll(
    reconcileChats,
    jobs.map((payload) => ({ payload, priority: PRIORITIES.bulk })),
  );
}

function partsOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}

/**
 * Gives all chats again where the queue holds fewer jobs than the chats that were given to it need, because it was
 * wiped or restored (reliability 8). Returns the number of chats.
 */
export async function relayLost(ctx: Context, queues: Queues): Promise<number> {
  const givenBefore = new Date(ctx.clock.now() - HANDING_OVER_MS);
  const { rows } = await sql<DueChat>`
    select id, school_id as "schoolId", cause, priority from chat
    where queued_at <= ${givenBefore} and generation > settled_generation and deleted_at is null`.execute(
    ctx.db.across('relay'),
  );
  if (rows.length === 0 || (await queues.unfinished('chats')) >= jobsAtLeast(rows)) return 0;
  ctx.log.warn({ chats: rows.length }, 'the queue has lost jobs; they are given to it again');
  const { relayBatchChats } = ctx.config.limits;
  for (let from = 0; from < rows.length; from += relayBatchChats) {
    await give(queues, rows.slice(from, from + relayBatchChats));
  }
  return rows.length;
}

/** The fewest jobs that so many chats can be in. Chats of one bulk job settle one by one, so it may have few left. */
function jobsAtLeast(chats: readonly DueChat[]): number {
  const urgent = chats.filter(({ priority }) => priority !== 'bulk').length;
  const bulk = Map.groupBy(
    chats.filter(({ priority }) => priority === 'bulk'),
    ({ schoolId }) => schoolId,
  );
  return urgent + [...bulk.values()].reduce((sum, own) => sum + Math.ceil(own.length / CHATS_PER_JOB), 0);
}

/** Makes a job for each school whose live chats are due for a look (D8). */
export async function relayDrift(ctx: Context, queues: Queues): Promise<void> {
  const schools = await schoolsToSweep(ctx);
  await queues.addAll(
    sweepDrift,
    schools.map((schoolId) => ({ payload: { schoolId } })),
  );
}

/**
 * Makes a job for each open operation, and for each held one with an approval whose time has come. Returns their
 * number. An operation that has a job gets no second one.
 */
export async function relayOperations(ctx: Context, queues: Queues): Promise<number> {
  const at = new Date(ctx.clock.now());
  const aheadOf = new Date(at.getTime() + CLOCKS_DIFFER_MS);
  const { rows } = await sql<{ schoolId: string | null; operationId: string }>`
    select school_id as "schoolId", id as "operationId" from operation
    where (state in ('queued', 'running') and not params ? 'schools'
      or state = 'held' and exists (select from jsonb_array_elements(params->'awaiting') a
        where (a->>'actsAt')::timestamptz <= ${at} or (a->>'at')::timestamptz > ${aheadOf}))
    order by created_at`.execute(ctx.db.across('relay'));
  await queues.addAll(
    runOperation,
    rows.map((payload) => ({ payload })),
  );
  return rows.length;
}
