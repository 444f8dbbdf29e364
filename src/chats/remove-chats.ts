import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { requestDeletion } from '../operations/delete-chat.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { allowedChats } from './allowed-chats.ts';
import { refuse } from './change-refusals.ts';

interface ChatRemoval {
  viewer: Viewer;
  by: Author;
  chatIds: readonly string[];
  /** False: «не создавать снова». An automatic chat then stays away until a person adds it. */
  recreate: boolean;
}

/**
 * G1: deletes chats, all or none. Returns the operation that follows the deletion to its end. Throws Refusal: 403, 404,
 * and 409 `chat-deleting` where all of them are being deleted already.
 */
export async function removeChats(
  ctx: Context,
  { viewer, by, chatIds, recreate }: ChatRemoval,
): Promise<string> {
  const { schoolId } = viewer;
  const chats = await allowedChats(ctx.db.of(schoolId), viewer, chatIds, 'delete');
  const left = chats.flatMap(({ id, deleting }) => (deleting ? [] : [id]));
  if (left.length === 0) throw refuse('chat-deleting');
  return requestDeletion(ctx, { schoolId, chatIds: left, recreate, by });
}
