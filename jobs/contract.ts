import type { JobsOptions } from 'bullmq';
import type { z } from 'zod';

/**
 * `chats` carries the many short jobs, `operations` the few long ones, `lessons` what nothing else may hold up; each
 * has workers of its own.
 */
export type QueueName = 'chats' | 'operations' | 'lessons';
export const QUEUE_NAMES: readonly QueueName[] = ['chats', 'operations', 'lessons'];

/**
 * What a job is, without its handler (workers/, same file name). A payload is keys and a cause, never names or
 * lists: whatever payload survives deduplication or a retry, the handler reads the truth from our rows.
 */
export interface JobContract<Payload> {
  name: string;
  queue: QueueName;
  payload: z.ZodType<Payload>;
  /**
   * Jobs of one key wait behind each other; what arrives while one is active is run once more after it. Null: they
   * may run side by side, and their handler bears it.
   */
  dedupeId: ((payload: Payload) => string) | null;
  options: JobsOptions;
}

/**
 * Of jobs that are many and short only the failed ones stay for the operators' board. To keep done ones by age or
 * number, BullMQ on PostgreSQL deletes the surplus in the very transaction that ends a job: those that end at the
 * same time delete the same rows, deadlock, and the queue stands still for seconds.
 */
export const KEEP_FAILED = {
  removeOnComplete: true,
  removeOnFail: { age: 7 * 24 * 3600, count: 5000 },
} satisfies JobsOptions;

/** Of the few long ones the done stay for a while as well. */
export const KEEP_FINISHED = {
  ...KEEP_FAILED,
  removeOnComplete: { age: 3600, count: 1000 },
} satisfies JobsOptions;
