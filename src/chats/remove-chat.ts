import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { requestDeletion } from '../operations/delete-chat.ts';
import { notFound } from '../refusal.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { forbidden, refuse } from './change-refusals.ts';
import { may } from './rights.ts';
import { findChatToChange } from './standings.ts';

export interface ChatRemoval {
  viewer: Viewer;
  by: Author;
  chatId: string;
  /** False: «не создавать снова». An automatic chat then stays away until a person adds it. */
  recreate: boolean;
}

/**
 * G1: deletes a chat. Returns the operation that follows the deletion to its end. Throws Refusal: 403, 404, 409
 * `chat-deleting`.
 */
export async function removeChat(
  ctx: Context,
  { viewer, by, chatId, recreate }: ChatRemoval,
): Promise<string> {
  const found = await findChatToChange(ctx.db.of(viewer.schoolId), viewer, chatId);
  if (!found) throw notFound();
  if (!may(found.standings, 'delete')) throw forbidden();
  if (found.chat.deleting) throw refuse('chat-deleting');
  return requestDeletion(ctx, { schoolId: viewer.schoolId, chatId, recreate, by });
}
