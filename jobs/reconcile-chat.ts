import { z } from 'zod';
import { Traceparent } from './carried-trace.ts';
import { type JobContract, KEEP_FAILED } from './contract.ts';

const payload = z.strictObject({
  schoolId: z.string().min(1),
  chatId: z.uuid(),
  /** What moved the chat's generation, for the journal and the board: `initialization:<id>`, `event:<id>` … */
  cause: z.string(),
  traceparent: Traceparent.optional(),
});
type ReconcileChatPayload = z.infer<typeof payload>;

/** Brings one chat in Sferum to what our rows say it must be. */
export const reconcileChat: JobContract<ReconcileChatPayload> = {
  name: 'reconcile-chat',
  queue: 'chats',
  payload,
  dedupeId: ({ chatId }) => `chat-${chatId}`,
  // Expected trouble (pace, lost replies, refusals) ends in the chat's row and is tried again from there. These
  // attempts are only for the unexpected.
  options: { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, ...KEEP_FAILED },
};
