import { reconcileChats as contract } from '../jobs/reconcile-chats.ts';
import { reconcileChats } from '../src/live/reconcile-chat.ts';
import { handlerOf } from './run-job.ts';

export const reconcileChatsHandler = handlerOf(contract, async (ctx, payload, signal) => {
  await reconcileChats(ctx, payload, signal);
  // Work in hand has a share for each school, and this job's place in it is free now.
  ctx.wake('chats', { schoolId: payload.schoolId });
});
