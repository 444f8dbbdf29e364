import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../context.ts';
import { noteTitles } from '../rows/chat-seen.ts';
import {
  type CallOptions,
  type ChatLook,
  type SferumAccount,
  SferumError,
  type SferumErrorKind,
} from '../sferum/gateway.ts';
import { CHATS_PER_LOOK } from '../sferum/request-limits.ts';
import { foreignTitle, TITLES_PUT_BACK, type TitledChat } from './what-looks-show.ts';

const OF_THE_ACCOUNT: readonly SferumErrorKind[] = ['token', 'account'];

/** A live chat of the account, as its row stood before Sferum was asked. */
export interface LiveChat extends TitledChat {
  id: string;
  ownerId: number;
  peerId: number;
  /** What is recorded of the chat is dropped where work has settled another generation meanwhile. */
  settledGeneration: number;
}

export interface LiveChatRow {
  id: string;
  owner_id: string;
  peer_id: string;
  settled_generation: string;
  title: string;
  sferum_title: string | null;
  foreign_title: string | null;
  foreign_title_times: number;
}

/** The columns of `chat c` that `liveChatOf` takes. */
export const LIVE_CHAT: RawBuilder<unknown> = sql`c.id, c.owner_id, c.peer_id, c.settled_generation, c.title,
  c.sferum_title, c.foreign_title, c.foreign_title_times`;

/** Turns a row into the chat that a look concerns. */
export function liveChatOf(row: LiveChatRow): LiveChat {
  return {
    ...{ id: row.id, ownerId: Number(row.owner_id), peerId: Number(row.peer_id) },
    ...{ settledGeneration: Number(row.settled_generation), title: row.title, sferumTitle: row.sferum_title },
    ...{ foreignTitle: row.foreign_title, foreignTitleTimes: row.foreign_title_times },
  };
}

/**
 * Looks at live chats, 100 to a call, and gives what each shows by its id. A title that is not ours is recorded, so
 * that the next plan puts ours back (D9). A chat with work under way keeps what its job records. Chats that Sferum does
 * not show now are missing. Throws SferumError only where the token or the account is refused.
 */
export async function lookAtChats(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
  chats: readonly LiveChat[],
  call: CallOptions,
): Promise<Map<string, ChatLook>> {
  const own = chats.filter(({ ownerId }) => ownerId === account.ownerId);
  const parts = Array.from({ length: Math.ceil(own.length / CHATS_PER_LOOK) }, (_, at) =>
    own.slice(at * CHATS_PER_LOOK, (at + 1) * CHATS_PER_LOOK),
  );
  const looks = new Map<string, ChatLook>();
  await Promise.all(
    parts.map(async (part) => {
      const shown = await lookAtPart(ctx, account, schoolId, part, call);
      for (const { id, peerId } of part) {
        const look = shown.get(peerId);
        if (look) looks.set(id, look);
      }
    }),
  );
  const foreign = own.flatMap((chat) => {
    const look = looks.get(chat.id);
    const title = look ? foreignTitle(chat, look) : null;
    return title ? [{ id: chat.id, settledGeneration: chat.settledGeneration, ...title }] : [];
  });
  if (foreign.length > 0) await noteTitles(ctx.db.of(schoolId), foreign, TITLES_PUT_BACK);
  return looks;
}

async function lookAtPart(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
  chats: readonly LiveChat[],
  call: CallOptions,
): Promise<ReadonlyMap<number, ChatLook>> {
  try {
    return await account.lookAt(chats, call);
  } catch (error) {
    if (!(error instanceof SferumError) || OF_THE_ACCOUNT.includes(error.kind)) throw error;
    ctx.log.warn({ schoolId, error: error.message }, 'chats cannot be looked at');
    return new Map();
  }
}
