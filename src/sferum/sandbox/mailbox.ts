import type { Chat, Message } from './chat.ts';

export const CHAT_PEER_BASE = 2_000_000_000;

/** A chat as one viewer has it. */
export type Place = {
  localId: number;
  chat: Chat;
  state: 'in' | 'left' | 'kicked';
  /** The last message that the viewer may see after leaving or being removed. */
  frozen?: Message;
  /** The viewer cleared messages up to this id. A chat with nothing newer is not listed. */
  clearedUpTo: number;
};

/** The last message that the account sees, which ends where the account was put out. */
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

  /** Lets the account into a chat. On coming back it keeps its local id. */
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

  /** Takes the account out. It does not see what is written later. */
  exit(chat: Chat, state: 'left' | 'kicked'): void {
    const place = this.byChat.get(chat.id);
    if (!place) return;
    place.state = state;
    place.frozen = chat.lastMessage;
    this.touch();
  }

  /** Says that some chat got a message, so that the order is computed anew. */
  touch(): void {
    this.newestFirst = undefined;
  }

  /** Gives the listed conversations, the newest last message first. */
  listed(): readonly Place[] {
    this.newestFirst ??= [...this.places.values()]
      .filter((place) => lastMessageOf(place).id > place.clearedUpTo)
      .sort((a, b) => lastMessageOf(b).id - lastMessageOf(a).id);
    return this.newestFirst;
  }
}
