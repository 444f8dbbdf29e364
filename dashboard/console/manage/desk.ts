/** One chat with what the visitor may do with it and has staged, read anew at each request. */
import { z } from 'zod';
import { may, type Standing } from '../../../src/chats/rights.ts';
import { type ChatToChange, findChatToChange } from '../../../src/chats/standings.ts';
import type { Context } from '../../../src/context.ts';
import { automaticTitle } from '../../../src/desired/names.ts';
import { forbidden, notFound } from '../../../src/refusal.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { type Draft, type DraftKey, findDraft } from '../../drafts/draft.ts';
import { type ChatItem, findChat } from '../../read/chat-list.ts';
import type { ConsoleContext } from '../page.ts';
import { viewerIn } from '../visitor.ts';

export interface Desk {
  viewer: Viewer;
  chat: ChatItem;
  standings: ReadonlySet<Standing>;
  may: { members: boolean; admins: boolean; rename: boolean; delete: boolean };
  /** The name that the lists give the chat, where somebody has renamed it by hand. */
  listTitle: string | null;
  key: DraftKey;
  draft: Draft | null;
}

/** Finds the chat of the address as `findDesk` does. Throws Refusal(404) where the school has none. */
export async function deskOf(ctx: Context, c: ConsoleContext): Promise<Desk> {
  const desk = await findDesk(ctx, c);
  if (!desk) throw notFound();
  return desk;
}

/**
 * Finds the chat of the address; null where the school has none. Throws Refusal(403) where the visitor may not see it.
 */
export async function findDesk(ctx: Context, c: ConsoleContext): Promise<Desk | null> {
  const visitor = c.get('visitor');
  const viewer = await viewerIn(ctx, visitor);
  const id = z.uuid().safeParse(c.req.param('id')).data;
  const found = id === undefined ? null : await findChat(ctx.db.of(viewer.schoolId), viewer, id);
  const own = found && (await findChatToChange(ctx.db.of(viewer.schoolId), viewer, found.chat.id));
  if (!own) return null;
  if (!may(own.standings, 'see')) throw forbidden();
  const key = { schoolId: viewer.schoolId, authorId: visitor.caller.subject, chatId: found.chat.id };
  return {
    viewer,
    chat: found.chat,
    standings: own.standings,
    may: {
      members: may(own.standings, 'change-members'),
      admins: may(own.standings, 'change-admins'),
      rename: may(own.standings, 'rename'),
      delete: may(own.standings, 'delete'),
    },
    listTitle: listTitleOf(own.chat, found.chat),
    key,
    draft: await findDraft(ctx.db.of(key.schoolId), key),
  };
}

function listTitleOf({ key, type, unitTitle }: ChatToChange, { titleByHand }: ChatItem): string | null {
  return key !== null && titleByHand ? automaticTitle(type, unitTitle) : null;
}
