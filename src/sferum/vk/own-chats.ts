import { SferumError } from '../gateway.ts';
import { readCall } from './call.ts';
import { type Ask, conversationsReply } from './replies.ts';

export interface ListedChat {
  peerId: number;
  title: string;
  ownerId: number;
  state: string;
}

/** VK's largest page. */
const PAGE = 200;
/** A count beyond any account's is not believed, because its pages would be asked for at once. */
const MOST_CHATS = 100_000;
/** How often the front is read, while chats move, before the listing is given up as unknown. */
const MAX_PASSES = 5;

/**
 * Reads the whole listing of an account's conversations. While it is read, chats move to the front, past the place
 * where the reader is. So the front is read again until nothing is missing.
 */
export async function listChats(ask: Ask): Promise<ListedChat[]> {
  const chats = new Map<number, ListedChat>();
  const readPage = async (offset: number): Promise<number> => {
    const page = await ask(
      readCall('messages.getConversations', { count: PAGE, offset }),
      conversationsReply,
    );
    for (const { conversation } of page.items) {
      const settings = conversation.chat_settings;
      chats.set(conversation.peer.id, {
        peerId: conversation.peer.id,
        title: settings?.title ?? '',
        ownerId: settings?.owner_id ?? 0,
        state: settings?.state ?? '',
      });
    }
    return page.count;
  };
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const count = await readPage(0);
    if (count > MOST_CHATS) break;
    // On the first pass the pages behind the front are read even if the front alone would add up.
    if (chats.size >= count && (pass > 0 || count <= PAGE)) return [...chats.values()];
    const pagesBehind = Math.ceil(count / PAGE) - 1;
    await Promise.all(Array.from({ length: pagesBehind }, (_, index) => readPage((index + 1) * PAGE)));
  }
  throw new SferumError('unknown', 'messages.getConversations: the listing is cut or keeps changing');
}

/**
 * One scan for all who ask at about the same time. A caller gets only a scan that starts after the question: an older
 * one may have passed the place where the chat has appeared meanwhile.
 */
export class SharedScan<T> {
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;

  /** Gives the result of the next scan. `scan` runs if nobody else has asked for that one yet. */
  result(scan: () => Promise<T>): Promise<T> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const started = scan();
      this.#running = started.catch(() => {});
      return started;
    });
    return this.#next;
  }
}
