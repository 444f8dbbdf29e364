import { z } from 'zod';
import { Traceparent } from './carried-trace.ts';
import { type JobContract, KEEP_FAILED } from './contract.ts';

/** The most chats of one job. As many calls travel in one request to Sferum, so they stay together on their way. */
export const CHATS_PER_JOB = 25;

const payload = z.strictObject({
  schoolId: z.string().min(1),
  chatIds: z.array(z.uuid()).min(1).max(CHATS_PER_JOB),
  /** Somebody waits for these chats, for example for those that one event touches. */
  urgent: z.literal(true).optional(),
  /** The trace of urgent work. */
  traceparent: Traceparent.optional(),
  traceparents: z.array(Traceparent).max(CHATS_PER_JOB).optional(),
});

/**
 * Brings many chats of one school to what our rows say they must be. It carries either bulk work or work of one
 * urgency. A chat whose bulk work becomes urgent meanwhile leaves it (src/chats-in-hand.ts).
 */
export const reconcileChats: JobContract<z.infer<typeof payload>> = {
  name: 'reconcile-chats',
  queue: 'chats',
  payload,
  // A chat is given out once at a time, as its row says.
  dedupeId: null,
  // As of reconcile-chat: expected trouble ends in the chats' rows.
  options: { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, ...KEEP_FAILED },
};
