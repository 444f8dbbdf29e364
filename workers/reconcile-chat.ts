import { reconcileChat as contract } from '../jobs/reconcile-chat.ts';
import { reconcileChat } from '../src/live/reconcile-chat.ts';
import { handlerOf } from './run-job.ts';

export const reconcileChatHandler = handlerOf(contract, async (ctx, payload, signal) => {
  await reconcileChat(ctx, payload, signal);
  // The room it leaves in its school's share goes to the next.
  ctx.wake('chats', { schoolId: payload.schoolId });
});
