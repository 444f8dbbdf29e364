import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { notFound } from '../refusal.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { noteLine } from '../rows/journal.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { forbidden, refuse } from './change-refusals.ts';
import { may } from './rights.ts';
import { findChatToChange } from './standings.ts';

/**
 * Gives a chat that Sferum did not take, or that was set aside, its job now instead of at its next attempt. Throws
 * Refusal: 403, 404, 409 `chat-deleting`.
 */
export async function tryAgain(
  ctx: Context,
  { viewer, by, chatId }: { viewer: Viewer; by: Author; chatId: string },
): Promise<void> {
  const { schoolId } = viewer;
  const cause = `edit:${ctx.newId()}`;
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const found = await findChatToChange(tx, viewer, chatId);
    if (!found) throw notFound();
    if (!may(found.standings, 'change-members')) throw forbidden();
    if (found.chat.deleting) throw refuse('chat-deleting');
    const at = new Date(ctx.clock.now());
    await noteLine(tx, { schoolId, at, what: 'change', chatId, cause, author: by, details: { again: true } });
    await moveGenerations(tx, [chatId], { cause, priority: 'person', at });
  });
  ctx.wake('chats', { schoolId });
}
