import type { QueueName } from '../jobs/contract.ts';
import type { Hands } from '../jobs/crew.ts';
import type { Queues } from '../jobs/queues.ts';
import type { Context } from '../src/context.ts';
import { beginDayHandler } from './begin-day.ts';
import { reconcileChatHandler } from './reconcile-chat.ts';
import { reconcileChatsHandler } from './reconcile-chats.ts';
import { type Handler, processorOf } from './run-job.ts';
import { runOperationHandler } from './run-operation.ts';
import { sweepDriftHandler } from './sweep-drift.ts';
import { tendLessonHandler } from './tend-lesson.ts';
import { tidyUpHandler } from './tidy-up.ts';

/** Long operations of different schools run side by side. Each holds a transaction for a few seconds at most. */
const OPERATIONS_AT_ONCE = 4;
/** Enough to fill the requests of a minute in which many lessons begin, while answers are under way. */
const LESSONS_AT_ONCE = 100;

/** Starts working the queues. Gives what each worker has in hand. Throws where the queue's backend does not answer. */
export async function startWorkers(ctx: Context, queues: Queues): Promise<Hands[]> {
  const { jobLockMs: lockMs, workerConcurrencyJobs } = ctx.config.limits;
  const onError = (error: Error) => ctx.log.error({ error: error.message }, 'the queue reports trouble');
  const work = (name: QueueName, handlers: readonly Handler[], concurrency: number) =>
    queues.work(name, processorOf(ctx, handlers), { concurrency, lockMs, onError });
  return [
    await work('chats', [reconcileChatHandler, reconcileChatsHandler], workerConcurrencyJobs),
    await work(
      'operations',
      [runOperationHandler, sweepDriftHandler, beginDayHandler, tidyUpHandler],
      OPERATIONS_AT_ONCE,
    ),
    await work('lessons', [tendLessonHandler], LESSONS_AT_ONCE),
  ];
}
