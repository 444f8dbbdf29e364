import { reconcileChats as contract } from '../jobs/reconcile-chats.ts';
import { reconcileChats } from '../src/live/reconcile-chat.ts';
import { handlerOf } from './run-job.ts';

export const reconcileChatsHandler = handlerOf(contract, async (ctx, payload, signal) => {
  await reconcileChats(ctx, payload, signal);
  // The room it leaves in its school's share goes to the next.
  ctx.wake('chats', { schoolId: payload.schoolId });
});
