/** A chat as the messenger holds it. `id` is global and never shown: each viewer has a local id. */
export type Chat = {
  id: number;
  /** The creator: a user, or a community with a minus. */
  ownerId: number;
  title: string;
  createdAtMs: number;
  members: Map<number, Member>;
  inviteCode: string;
  /** `disabled` answers 945 to every change, and `unsupported` 946. */
  condition: 'normal' | 'disabled' | 'unsupported';
  messageCount: number;
  lastMessage: Message;
  /** Conversations show the pinned message with its text. */
  pinned?: Message & { text: string };
};

export type Member = {
  isAdmin: boolean;
  joinedAtMs: number;
  invitedBy: number;
  /** The person is invited and not in yet: listed with `is_message_request` until they accept. */
  isRequest?: true;
};

/** Only the last message of a chat is kept, because listings show no more. */
export type Message = {
  id: number;
  indexInChat: number;
  atMs: number;
  fromId: number;
  /** Absent: somebody has written. */
  action?: MessageAction;
};

export type MessageAction =
  | { type: 'chat_create' | 'chat_title_update'; text: string }
  | { type: 'chat_invite_user' | 'chat_kick_user'; member_id: number }
  | { type: 'chat_invite_user_by_link' | 'chat_invite_user_by_message_request'; member_id?: number };

/** `callId` has 36 characters, `code` 43. `code` ends the links. */
export type Call = { callId: string; code: string; ownerId: number; startedAtMs: number; ended: boolean };

/** VK's limit of a chat. A community's chats hold more. */
const CHAT_CAPACITY = 1_000;
const COMMUNITY_CHAT_CAPACITY = 7_000;

/** How many members the chat takes. A community's chats take more. */
export const capacityOf = (chat: Chat) => (chat.ownerId < 0 ? COMMUNITY_CHAT_CAPACITY : CHAT_CAPACITY);

/** Rights in a chat. The owner has them even without the mark of an admin. */
export function isAdminOf(chat: Chat, id: number): boolean {
  const member = chat.members.get(id);
  return member !== undefined && !member.isRequest && (member.isAdmin || chat.ownerId === id);
}
