import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { noteLines } from '../rows/journal.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { allowedChats } from './allowed-chats.ts';
import { refuse } from './change-refusals.ts';

/**
 * Gives chats that Sferum did not take, or that were set aside, their jobs now instead of at their next attempt. Throws
 * Refusal: 403, 404, and 409 `chat-deleting` where one is being deleted.
 */
export async function tryAgain(
  ctx: Context,
  { viewer, by, chatIds }: { viewer: Viewer; by: Author; chatIds: readonly string[] },
): Promise<void> {
  const { schoolId } = viewer;
  const cause = `edit:${ctx.newId()}`;
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const chats = await allowedChats(tx, viewer, chatIds, 'change-members');
    if (chats.some(({ deleting }) => deleting)) throw refuse('chat-deleting');
    const at = new Date(ctx.clock.now());
    const ids = chats.map(({ id }) => id);
    const details = { again: true };
    await noteLines(
      tx,
      { schoolId, at, cause, author: by },
      ids.map((chatId) => ({ what: 'change', chatId, details })),
    );
    await moveGenerations(tx, ids, { cause, priority: 'person', at });
  });
  ctx.wake('chats', { schoolId });
}
