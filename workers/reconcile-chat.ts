import { reconcileChat as contract } from '../jobs/reconcile-chat.ts';
import { reconcileChat } from '../src/live/reconcile-chat.ts';
import { handlerOf } from './run-job.ts';

export const reconcileChatHandler = handlerOf(contract, async (ctx, payload, signal) => {
  await reconcileChat(ctx, payload, signal);
  // Work in hand has a share for each school, and this job's place in it is free now.
  ctx.wake('chats', { schoolId: payload.schoolId });
});
