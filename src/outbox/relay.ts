import type { Queues } from '../../jobs/queues.ts';
import { reconcileChat } from '../../jobs/reconcile-chat.ts';
import { CHATS_PER_JOB, reconcileChats } from '../../jobs/reconcile-chats.ts';
import type { Context } from '../context.ts';
import { type DueChat, givenOut, giveOut, hasGiven, takeBackLost } from '../rows/chat-given.ts';
import { letGo } from '../rows/chat-outbox.ts';
import { hasWaiting } from '../rows/chat-waiting.ts';
import { CALLS_PER_REQUEST } from '../sferum/request-limits.ts';
import { sure } from '../sure.ts';
import { NO_SPAN, type Span, type Traces } from '../traces/span.ts';
import { carried } from './carried.ts';

/**
 * Priorities of BullMQ, where a smaller number comes sooner. 0 is not used, because it would come before all others.
 */
const PRIORITIES = { lesson: 1, person: 2, event: 3, bulk: 10 } as const;

/**
 * The bulk work of one school in flight: as many chats as its pace carries calls in so many seconds. Fewer would leave
 * slots empty while answers are recorded. More would wait so long that creations come too late to be sent
 * (`creationDeadlineMs`), and an event waits for those of its chats that are in hand.
 */
const BULK_SECONDS = 2;

/**
 * A chat that is still due this long after it was given to the queue is given again, whatever the queue reports.
 * `workerBulkChats` keeps what is in hand over all schools below what a worker finishes in this time.
 */
const LOST_AFTER_MS = 60_000;
/** A chat is marked as given before its job exists, so a mark younger than this does not show a lost job. */
const HANDING_OVER_MS = 2_000;

const ago = ({ clock }: Context, ms: number) => new Date(clock.now() - ms);

/** True in SQL where a school has work that nobody was given and that its account can carry out, now or later. */
export const chatsWait = () => hasWaiting('usable');

/**
 * Gives chats with due work to the queue (rule 3). The bulk work in flight is bounded: for one school, so that a big
 * school does not starve the others (rule 7), and over all schools. Urgent work has no bound. `null` means all schools
 * with work.
 */
export async function relayChats(
  ctx: Context,
  queues: Queues,
  schoolIds: readonly string[] | null,
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const { schoolBulkChats, workerBulkChats, relayBatchChats } = ctx.config.limits;
  const chats = await giveOut(ctx.db.recurring('relay'), {
    ...{ at, lostBefore: ago(ctx, LOST_AFTER_MS), schoolIds },
    ...{ schoolBulkChats, bulkChatsPerPace: BULK_SECONDS * CALLS_PER_REQUEST },
    ...{ workerBulkChats, most: relayBatchChats },
  });
  if (chats.length === 0) return;
  try {
    await give(ctx, queues, chats);
  } catch (error) {
    await letGo(
      ctx.db.across('relay'),
      chats.map(({ id }) => id),
      at,
    );
    throw error;
  }
  // More may be due than one round takes.
  if (chats.length < relayBatchChats) return;
  if (schoolIds === null) ctx.wake('chats');
  for (const schoolId of schoolIds ?? []) ctx.wake('chats', { schoolId });
}

/**
 * Chats of one school and urgency share jobs, so that one claim takes all that an event touches and their calls travel
 * together. An urgent chat without others gets a job of its own.
 */
async function give({ traces }: Context, queues: Queues, chats: readonly DueChat[]): Promise<void> {
  const parts = [...Map.groupBy(chats, groupOf).values()].flatMap((own) => partsOf(own, CHATS_PER_JOB));
  const given = parts.map((part) => ({ part, span: givingSpan(traces, part) }));
  const isAlone = ({ part }: (typeof given)[number]) => part.length === 1 && isUrgent(sure(part[0]));
  await queues.addAll(
    reconcileChat,
    given.filter(isAlone).map(({ part, span }) => {
      const { schoolId, id: chatId, cause, priority } = sure(part[0]);
      const payload = { schoolId, chatId, cause, ...carried(span.traceparent) };
      return { payload, priority: PRIORITIES[priority] };
    }),
  );
  await queues.addAll(
    reconcileChats,
    given
      .filter((one) => !isAlone(one))
      .map(({ part, span }) => {
        const first = sure(part[0]);
        const payload = { schoolId: first.schoolId, chatIds: part.map(({ id }) => id) };
        const trace = isUrgent(first)
          ? { urgent: true as const, ...carried(span.traceparent) }
          : carriedTogether(part);
        return { payload: { ...payload, ...trace }, priority: PRIORITIES[first.priority] };
      }),
  );
  for (const { span } of given) span.end();
}

const isUrgent = ({ priority }: DueChat): boolean => priority !== 'bulk';

/** Urgent chats of one job come from one trace, which their job goes on with. */
const groupOf = (chat: DueChat): string =>
  `${chat.priority} ${chat.schoolId} ${isUrgent(chat) ? chat.traceparent : ''}`;

/** The passage of urgent chats from their rows to the queue, as part of the trace that the rows keep. */
function givingSpan(traces: Traces, part: readonly DueChat[]): Span {
  const { schoolId, id, traceparent, ...first } = sure(part[0]);
  if (first.priority === 'bulk') return NO_SPAN;
  const about = part.length === 1 ? { 'chat.id': id } : { 'job.chats': part.length };
  return traces.begin('outbox chat', {
    ...{ kind: 'producer', parent: traceparent },
    attributes: { 'school.id': schoolId, ...about },
  });
}

/** Bulk chats that share a job may come from one trace or from many. */
function carriedTogether(chats: readonly DueChat[]): { traceparents?: string[] } {
  const traceparents = [...new Set(chats.flatMap(({ traceparent }) => traceparent ?? []))];
  return traceparents.length === 0 ? {} : { traceparents };
}

function partsOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}

/** True in SQL where chats were given to the queue and are not done. */
export const chatsAreGiven = (ctx: Context) => hasGiven(ago(ctx, HANDING_OVER_MS));

/**
 * Takes back the chats that were given too long ago. Gives all others again where the queue holds fewer jobs than they
 * need, because it was wiped or restored (reliability 8).
 */
export async function relayLost(ctx: Context, queues: Queues): Promise<void> {
  const db = ctx.db.across('relay');
  if ((await takeBackLost(db, ago(ctx, LOST_AFTER_MS))) > 0) ctx.wake('chats');
  const chats = await givenOut(db, ago(ctx, HANDING_OVER_MS));
  if (chats.length === 0 || (await queues.unfinished('chats')) >= jobsAtLeast(chats)) return;
  ctx.log.warn({ chats: chats.length }, 'the queue has lost jobs; they are given to it again');
  for (const part of partsOf(chats, ctx.config.limits.relayBatchChats)) await give(ctx, queues, part);
}

/** The fewest jobs that so many chats can be in. The chats of one job settle one by one, so it may have few left. */
function jobsAtLeast(chats: readonly DueChat[]): number {
  const groups = Map.groupBy(chats, ({ schoolId }) => schoolId);
  return [...groups.values()].reduce((sum, own) => sum + Math.ceil(own.length / CHATS_PER_JOB), 0);
}
