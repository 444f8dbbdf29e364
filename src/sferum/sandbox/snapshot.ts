import type { Community, Person, Token } from './accounts.ts';
import type { Call, Chat, Message } from './chat.ts';
import type { World } from './world.ts';

const FORMAT = 1;

/** [id, joinedAtMs, invitedBy, flags]. Tens of thousands of these make most of a state. */
type MemberRow = [number, number, number, number];
const ADMIN_FLAG = 1;
const REQUEST_FLAG = 2;

type ChatRow = Omit<Chat, 'members'> & { members: MemberRow[] };
type PlaceRow = {
  localId: number;
  chat: number;
  state: 'in' | 'left' | 'kicked';
  clearedUpTo: number;
  frozen?: Message;
};

/** Gives the whole state of a world but the ledger and the faults, as JSON. It holds the sandbox's tokens. */
export type Snapshot = {
  format: typeof FORMAT;
  nextChatId: number;
  messageSequence: number;
  codeSequence: number;
  tokens: Token[];
  communities: Community[];
  people: Person[];
  chats: ChatRow[];
  mailboxes: { ownerId: number; nextLocalId: number; places: PlaceRow[] }[];
  calls: Call[];
};

/** Gives the whole state of the world as JSON. */
export function takeSnapshot(world: World): Snapshot {
  return {
    format: FORMAT,
    nextChatId: world.nextChatId,
    messageSequence: world.messageSequence,
    codeSequence: world.codeSequence,
    tokens: [...world.accounts.tokens.values()].map((token) => ({ ...token })),
    communities: [...world.accounts.communities.values()],
    people: [...world.accounts.people.values()],
    chats: [...world.chats.values()].map(chatRow),
    mailboxes: [...world.mailboxes.values()].map((mailbox) => ({
      ownerId: mailbox.ownerId,
      nextLocalId: mailbox.nextLocalId,
      places: [...mailbox.places.values()].map(({ chat, ...place }) => ({ ...place, chat: chat.id })),
    })),
    calls: [...world.calls.values()].map((call) => ({ ...call })),
  };
}

/** Makes the world what the snapshot says. Throws when the snapshot is of another format. */
export function restoreSnapshot(world: World, json: unknown): void {
  // What bears the format was written by `takeSnapshot`.
  const snapshot = json as Snapshot;
  if (snapshot?.format !== FORMAT) throw new Error(`the sandbox's state is not of format ${FORMAT}`);
  world.forget();
  world.nextChatId = snapshot.nextChatId;
  world.messageSequence = snapshot.messageSequence;
  world.codeSequence = snapshot.codeSequence;
  for (const token of snapshot.tokens) world.accounts.tokens.set(token.token, { ...token });
  for (const community of snapshot.communities) world.accounts.communities.set(community.id, community);
  for (const person of snapshot.people) world.accounts.people.set(person.id, person);
  for (const row of snapshot.chats) world.putChat(chatOf(row));
  for (const { ownerId, nextLocalId, places } of snapshot.mailboxes) {
    const mailbox = world.emptyMailbox(ownerId);
    mailbox.nextLocalId = nextLocalId;
    for (const { chat: chatId, ...place } of places) {
      const chat = world.chats.get(chatId);
      if (chat) mailbox.put({ ...place, chat });
    }
  }
  for (const call of snapshot.calls) world.calls.set(call.callId, { ...call });
}

function chatRow(chat: Chat): ChatRow {
  const members = [...chat.members].map(([id, member]): MemberRow => {
    const flags = (member.isAdmin ? ADMIN_FLAG : 0) | (member.isRequest ? REQUEST_FLAG : 0);
    return [id, member.joinedAtMs, member.invitedBy, flags];
  });
  return { ...chat, members };
}

function chatOf(row: ChatRow): Chat {
  const members: Chat['members'] = new Map();
  for (const [id, joinedAtMs, invitedBy, flags] of row.members)
    members.set(id, {
      isAdmin: (flags & ADMIN_FLAG) !== 0,
      joinedAtMs,
      invitedBy,
      ...((flags & REQUEST_FLAG) !== 0 ? { isRequest: true as const } : {}),
    });
  return { ...row, members };
}
