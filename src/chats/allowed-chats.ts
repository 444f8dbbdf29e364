import { forbidden, notFound } from '../refusal.ts';
import type { Sql } from '../store/database.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { type ChatAction, may } from './rights.ts';
import { type ChatToChange, findChatToChange } from './standings.ts';

/** Finds the chats of these ids. Throws Refusal: 404 where the school lacks one, 403 where the viewer may not act on one. */
export async function allowedChats(
  db: Sql,
  viewer: Viewer,
  chatIds: readonly string[],
  action: ChatAction,
): Promise<ChatToChange[]> {
  const chats: ChatToChange[] = [];
  for (const chatId of new Set(chatIds)) {
    const found = await findChatToChange(db, viewer, chatId);
    if (!found) throw notFound();
    if (!may(found.standings, action)) throw forbidden();
    chats.push(found.chat);
  }
  return chats;
}
