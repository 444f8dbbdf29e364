import { sql } from 'kysely';
import type { Queues } from '../../jobs/queues.ts';
import { reconcileChat } from '../../jobs/reconcile-chat.ts';
import { runOperation } from '../../jobs/run-operation.ts';
import { sweepDrift } from '../../jobs/sweep-drift.ts';
import type { Context } from '../context.ts';
import { schoolsToSweep } from '../live/drift.ts';
import { type DueChat, giveOut, letGo } from '../rows/chat-outbox.ts';

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
    await queues.addAll(reconcileChat, chats.map(jobOf));
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

const jobOf = (chat: DueChat) => ({
  payload: { schoolId: chat.schoolId, chatId: chat.id, cause: chat.cause },
  priority: PRIORITIES[chat.priority],
});

/**
 * Gives all chats again where the queue holds fewer jobs than were given to it, because it was wiped or restored
 * (reliability 8). A chat whose job still exists gets no second one. Returns the number of chats.
 */
export async function relayLost(ctx: Context, queues: Queues): Promise<number> {
  const givenBefore = new Date(ctx.clock.now() - HANDING_OVER_MS);
  const { rows } = await sql<DueChat>`
    select id, school_id as "schoolId", cause, priority from chat
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

/** Makes a job for each school whose live chats are due for a look (D8). */
export async function relayDrift(ctx: Context, queues: Queues): Promise<void> {
  const schools = await schoolsToSweep(ctx);
  await queues.addAll(
    sweepDrift,
    schools.map((schoolId) => ({ payload: { schoolId } })),
  );
}

/** Makes a job for each open operation and returns their number. An operation that has a job gets no second one. */
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
