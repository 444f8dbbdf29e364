import type { Chat, Message } from './chat.ts';

export const CHAT_PEER_BASE = 2_000_000_000;

/** A chat as one viewer has it. */
export type Place = {
  localId: number;
  chat: Chat;
  state: 'in' | 'left' | 'kicked';
  /** The last message he may see after leaving or being removed. */
  frozen?: Message;
  /** Messages up to this id were cleared by him; a chat with nothing newer is not listed. */
  clearedUpTo: number;
};

export const lastMessageOf = (place: Place): Message => place.frozen ?? place.chat.lastMessage;

/** The conversations of one account. Local ids count from 1 for each account, as in VK. */
export class Mailbox {
  readonly ownerId: number;
  readonly places = new Map<number, Place>();
  nextLocalId = 1;
  private readonly byChat = new Map<number, Place>();
  private newestFirst: Place[] | undefined;

  constructor(ownerId: number) {
    this.ownerId = ownerId;
  }

  of(chat: Chat): Place | undefined {
    return this.byChat.get(chat.id);
  }

  /** The account comes (back) into a chat; on coming back it keeps its local id. */
  enter(chat: Chat): Place {
    const known = this.byChat.get(chat.id);
    if (known) {
      known.state = 'in';
      delete known.frozen;
      this.touch();
      return known;
    }
    const place: Place = { localId: this.nextLocalId++, chat, state: 'in', clearedUpTo: 0 };
    this.put(place);
    return place;
  }

  put(place: Place): void {
    this.places.set(place.localId, place);
    this.byChat.set(place.chat.id, place);
    this.touch();
  }

  /** The account is out: what is written later it does not see. */
  exit(chat: Chat, state: 'left' | 'kicked'): void {
    const place = this.byChat.get(chat.id);
    if (!place) return;
    place.state = state;
    place.frozen = chat.lastMessage;
    this.touch();
  }

  /** Some chat got a message: the order is to be computed anew. */
  touch(): void {
    this.newestFirst = undefined;
  }

  /** Listed conversations, the newest last message first. */
  listed(): readonly Place[] {
    this.newestFirst ??= [...this.places.values()]
      .filter((place) => lastMessageOf(place).id > place.clearedUpTo)
      .sort((a, b) => lastMessageOf(b).id - lastMessageOf(a).id);
    return this.newestFirst;
  }
}
