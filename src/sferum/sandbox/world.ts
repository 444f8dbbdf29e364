import { Accounts } from './accounts.ts';
import type { Call, Chat, Member, MessageAction } from './chat.ts';
import { Ledger } from './ledger.ts';
import { Mailbox } from './mailbox.ts';

/** Who does something, and by which method. tokenOwner null: a person in the messenger, without our API. */
export type Cause = { method: string; tokenOwner: number | null };

export type WorldOptions = { now: () => number; random: () => number; ledgerMaxEntries?: number };

/** Far from any local id, so that a mixture of the two shows at once. */
const FIRST_CHAT_ID = 7_000_001;
const CODE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const CODE_LENGTH = 43;

/**
 * The state of the stand-in messenger and every effect on it. Effects check nothing: rights and refusals are the
 * methods'. Each effect goes to the ledger and posts the service message that VK would post.
 */
export class World {
  readonly accounts = new Accounts();
  readonly chats = new Map<number, Chat>();
  readonly calls = new Map<string, Call>();
  readonly mailboxes = new Map<number, Mailbox>();
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly random: () => number;
  /** Called after every change. Persistence listens. */
  onChange: () => void = () => {};
  /** Where links lead. Null: VK's own addresses. */
  linkOrigin: string | null = null;
  nextChatId = FIRST_CHAT_ID;
  messageSequence = 0;
  codeSequence = 0;
  private readonly chatsByInvite = new Map<string, Chat>();

  constructor(options: WorldOptions) {
    this.now = options.now;
    this.random = options.random;
    this.ledger = new Ledger(options.ledgerMaxEntries);
  }

  /** Gives a code for links and tokens. It is unique even where a test fixes the randomness. */
  newCode(length = CODE_LENGTH): string {
    let code = `${(++this.codeSequence).toString(36)}-`;
    while (code.length < length) code += CODE_ALPHABET[Math.floor(this.random() * CODE_ALPHABET.length)];
    return code;
  }

  /** Gives 36 characters in the shape of a UUID. */
  newUuid(): string {
    let digits = (++this.codeSequence).toString(16).padStart(8, '0');
    while (digits.length < 32) digits += Math.floor(this.random() * 16).toString(16);
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  }

  /** Gives the account's conversations. At the first question it is filled with the chats the account is in. */
  mailbox(ownerId: number): Mailbox {
    const known = this.mailboxes.get(ownerId);
    if (known) return known;
    const mailbox = this.emptyMailbox(ownerId);
    for (const chat of this.chats.values()) if (chat.members.has(ownerId)) mailbox.enter(chat);
    return mailbox;
  }

  emptyMailbox(ownerId: number): Mailbox {
    const mailbox = new Mailbox(ownerId);
    this.mailboxes.set(ownerId, mailbox);
    return mailbox;
  }

  /** Drops everything but the ledger, because a snapshot takes its place. */
  forget(): void {
    this.accounts.tokens.clear();
    this.accounts.communities.clear();
    this.accounts.people.clear();
    this.chats.clear();
    this.chatsByInvite.clear();
    this.calls.clear();
    this.mailboxes.clear();
  }

  chatByInvite(code: string): Chat | undefined {
    return this.chatsByInvite.get(code);
  }

  inviteLink(chat: Chat): string {
    return this.linkOrigin === null
      ? `https://vk.me/join/${chat.inviteCode}`
      : `${this.linkOrigin}/join/${chat.inviteCode}`;
  }

  callLinks(call: Call): { join_link: string; ok_join_link: string } {
    if (this.linkOrigin === null)
      return {
        join_link: `https://vk.com/call/join/${call.code}`,
        ok_join_link: `https://sferum.ru/?call_link=${call.code}`,
      };
    const link = `${this.linkOrigin}/call/join/${call.code}`;
    return { join_link: link, ok_join_link: link };
  }

  /** Registers a chat that exists: a new one, or one of a snapshot. */
  putChat(chat: Chat): void {
    this.chats.set(chat.id, chat);
    this.chatsByInvite.set(chat.inviteCode, chat);
  }

  createChat(ownerId: number, title: string, cause: Cause): Chat {
    const atMs = this.now();
    const chat: Chat = {
      id: this.nextChatId++,
      ownerId,
      title,
      createdAtMs: atMs,
      members: new Map([[ownerId, { isAdmin: true, joinedAtMs: atMs, invitedBy: ownerId }]]),
      inviteCode: this.newCode(),
      condition: 'normal',
      messageCount: 0,
      lastMessage: {
        id: 0,
        indexInChat: 0,
        atMs,
        fromId: ownerId,
        action: { type: 'chat_create', text: title },
      },
    };
    this.putChat(chat);
    this.mailboxes.get(ownerId)?.enter(chat);
    this.post(chat, ownerId, { type: 'chat_create', text: title });
    this.record('create', chat, cause);
    return chat;
  }

  /** Puts a person in. `silently` posts no message, as on creation. */
  addMember(chat: Chat, user: number, by: number, cause: Cause, silently = false): void {
    this.enter(chat, user, { isAdmin: false, joinedAtMs: this.now(), invitedBy: by });
    if (!silently) this.post(chat, by, { type: 'chat_invite_user', member_id: user });
    this.record('add', chat, cause, user);
  }

  /** Sends an invitation that the person has to accept. */
  inviteMember(chat: Chat, user: number, by: number, cause: Cause): void {
    chat.members.set(user, { isAdmin: false, joinedAtMs: this.now(), invitedBy: by, isRequest: true });
    this.record('invite', chat, cause, user);
  }

  joinByLink(chat: Chat, user: number, cause: Cause): void {
    this.enter(chat, user, { isAdmin: false, joinedAtMs: this.now(), invitedBy: chat.ownerId });
    this.post(chat, user, { type: 'chat_invite_user_by_link' });
    this.record('join', chat, cause, user);
  }

  /** Takes a member out. A member who takes out themselves leaves. */
  removeMember(chat: Chat, user: number, by: number, cause: Cause): void {
    const wasRequest = chat.members.get(user)?.isRequest === true;
    if (!chat.members.delete(user)) return;
    if (!wasRequest) this.post(chat, by, { type: 'chat_kick_user', member_id: user });
    this.mailboxes.get(user)?.exit(chat, user === by ? 'left' : 'kicked');
    this.record(user === by ? 'leave' : 'remove', chat, cause, user);
  }

  rename(chat: Chat, title: string, by: number, cause: Cause): void {
    chat.title = title;
    this.post(chat, by, { type: 'chat_title_update', text: title });
    this.record('rename', chat, cause);
  }

  setAdmin(chat: Chat, user: number, isAdmin: boolean, cause: Cause): void {
    const member = chat.members.get(user);
    if (!member || member.isAdmin === isAdmin) return;
    member.isAdmin = isAdmin;
    this.record(isAdmin ? 'promote' : 'demote', chat, cause, user);
  }

  resetLink(chat: Chat, cause: Cause): void {
    this.chatsByInvite.delete(chat.inviteCode);
    chat.inviteCode = this.newCode();
    this.chatsByInvite.set(chat.inviteCode, chat);
    this.record('reset-link', chat, cause);
  }

  startCall(ownerId: number, cause: Cause): Call {
    const call: Call = {
      callId: this.newUuid(),
      code: this.newCode(),
      ownerId,
      startedAtMs: this.now(),
      ended: false,
    };
    this.calls.set(call.callId, call);
    this.ledger.add({
      atMs: call.startedAtMs,
      effect: 'call-start',
      chat: null,
      call: call.callId,
      ...cause,
    });
    this.onChange();
    return call;
  }

  finishCall(call: Call, cause: Cause): void {
    call.ended = true;
    this.ledger.add({ atMs: this.now(), effect: 'call-finish', chat: null, call: call.callId, ...cause });
    this.onChange();
  }

  /** Clears the conversation for one viewer. Returns the id of the last message cleared. */
  clear(ownerId: number, chat: Chat, cause: Cause): number {
    const mailbox = this.mailbox(ownerId);
    const place = mailbox.of(chat);
    if (!place) return 0;
    place.clearedUpTo = (place.frozen ?? chat.lastMessage).id;
    mailbox.touch();
    this.record('clear', chat, cause);
    return place.clearedUpTo;
  }

  post(chat: Chat, fromId: number, action?: MessageAction): void {
    chat.messageCount++;
    chat.lastMessage = {
      id: ++this.messageSequence,
      indexInChat: chat.messageCount,
      atMs: this.now(),
      fromId,
      ...(action && { action }),
    };
    // Few accounts hold a token, so few mailboxes exist: this is cheaper than looking each member up.
    for (const mailbox of this.mailboxes.values()) if (mailbox.of(chat)) mailbox.touch();
  }

  private enter(chat: Chat, user: number, member: Member): void {
    chat.members.set(user, member);
    this.mailboxes.get(user)?.enter(chat);
  }

  private record(effect: Parameters<Ledger['of']>[0], chat: Chat, cause: Cause, user?: number): void {
    this.ledger.add({
      atMs: this.now(),
      effect,
      chat: chat.id,
      ...cause,
      ...(user === undefined ? {} : { user }),
    });
    this.onChange();
  }
}
