import type { JobsOptions } from 'bullmq';
import type { z } from 'zod';

/**
 * `chats` carries the many short jobs, `operations` the few long ones, and `lessons` what no other work may hold up.
 * Each has workers of its own.
 */
export type QueueName = 'chats' | 'operations' | 'lessons';
export const QUEUE_NAMES: readonly QueueName[] = ['chats', 'operations', 'lessons'];

/**
 * What a job is, without its handler, which has the same file name in workers/. A payload is keys and a cause, never
 * names or lists. Whichever payload survives deduplication or a retry, the handler reads the truth from our rows.
 */
export interface JobContract<Payload> {
  name: string;
  queue: QueueName;
  payload: z.ZodType<Payload>;
  /**
   * Jobs of one key run one after another. Those that arrive while one runs become one more run after it. Null: the
   * jobs may run side by side, and their handler is made for that.
   */
  dedupeId: ((payload: Payload) => string) | null;
  options: JobsOptions;
}

/**
 * Of the many short jobs only the failed ones stay for the operators' board. To keep jobs that are done by age or
 * number, BullMQ on PostgreSQL deletes the surplus in the transaction that ends a job. Jobs that end at the same time
 * would delete the same rows and deadlock, and the queue would stand still for seconds.
 */
export const KEEP_FAILED = {
  removeOnComplete: true,
  removeOnFail: { age: 7 * 24 * 3600, count: 5000 },
} satisfies JobsOptions;

/** The few long jobs that are done stay for a while too. */
export const KEEP_FINISHED = {
  ...KEEP_FAILED,
  removeOnComplete: { age: 3600, count: 1000 },
} satisfies JobsOptions;
