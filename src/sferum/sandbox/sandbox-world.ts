import type { Person, SchoolAccess, Token } from './accounts.ts';
import type { Chat } from './chat.ts';
import { Faults } from './faults.ts';
import { World, type WorldOptions } from './world.ts';

/** The id of a service account when none is given: beyond 2^31, where real ids are by now. */
const FIRST_SERVICE_USER_ID = 200_000_000_001;
const TOKEN_LENGTH = 64;

type SchoolRequest = {
  communityId: number;
  name?: string;
  serviceUserId?: number;
  userToken?: string;
  communityToken?: string;
};

/** The world with its switches: what tests, the demonstration and `/_sandbox` do to it from outside the VK API. */
export class SandboxWorld extends World {
  readonly faults: Faults;

  constructor(options: WorldOptions) {
    super(options);
    this.faults = new Faults(options);
  }

  /**
   * Gives a school's community and service account, each with a token. Asked again for the same community it gives
   * the same access; tokens that were revoked meanwhile are replaced.
   */
  connectSchool(school: SchoolRequest): SchoolAccess {
    const { communityId } = school;
    this.accounts.communities.set(communityId, {
      id: communityId,
      name: school.name ?? this.accounts.communities.get(communityId)?.name ?? `Сообщество ${communityId}`,
    });
    const serviceUserId = school.serviceUserId ?? FIRST_SERVICE_USER_ID + communityId;
    return {
      communityId,
      serviceUserId,
      userToken: this.token('user', serviceUserId, school.userToken).token,
      communityToken: this.token('community', -communityId, school.communityToken).token,
    };
  }

  /** Gives the owner's working token, or a new one. `text` asks for a certain one. */
  token(kind: Token['kind'], ownerId: number, text?: string): Token {
    const known = text === undefined ? this.accounts.tokenOf(ownerId) : this.accounts.tokens.get(text);
    if (known && !known.revoked) return known;
    const token: Token = {
      token: text ?? `vk1.a.${this.newCode(TOKEN_LENGTH)}`,
      kind,
      ownerId,
      scopes: ['messages'],
      revoked: false,
    };
    this.accounts.tokens.set(token.token, token);
    this.mailbox(ownerId);
    this.onChange();
    return token;
  }

  /** Makes the token answer error 5 from now on. */
  revokeToken(text: string): void {
    const token = this.accounts.tokens.get(text);
    if (token) token.revoked = true;
    this.onChange();
  }

  /** Sets the names for the consent page, an account that is gone, or how the person may be added. */
  describePerson(person: Person): void {
    this.accounts.describePerson(person);
    this.onChange();
  }

  chat(chatId: number): Chat {
    const chat = this.chats.get(chatId);
    if (!chat) throw new Error(`no chat ${chatId}`);
    return chat;
  }

  /** Finds the chat that an owner sees under this peer id or local chat id. */
  chatAt(ownerId: number, localId: number): Chat {
    const place = this.mailbox(ownerId).places.get(
      localId > 2_000_000_000 ? localId - 2_000_000_000 : localId,
    );
    if (!place) throw new Error(`no chat ${localId} of ${ownerId}`);
    return place.chat;
  }

  /** Gives the people who are really in, without invitations that wait. */
  memberIds(chatId: number): number[] {
    return [...this.chat(chatId).members].filter(([, member]) => !member.isRequest).map(([id]) => id);
  }

  /** Lets a person in by hand in the messenger, not by our API. */
  join(chatId: number, user: number): void {
    const chat = this.chat(chatId);
    this.addMember(chat, user, chat.ownerId, byHand('join'));
  }

  /** Lets a person enter by the link they were given. False: the link does not work any more. */
  enterByLink(link: string, user: number): boolean {
    const chat = this.chatByInvite(link.slice(link.lastIndexOf('/') + 1));
    if (!chat) return false;
    if (!chat.members.has(user)) this.joinByLink(chat, user, byHand('enterByLink'));
    return true;
  }

  leave(chatId: number, user: number): void {
    this.removeMember(this.chat(chatId), user, user, byHand('leave'));
  }

  kick(chatId: number, user: number, by?: number): void {
    const chat = this.chat(chatId);
    this.removeMember(chat, user, by ?? chat.ownerId, byHand('kick'));
  }

  renameByHand(chatId: number, title: string, by?: number): void {
    const chat = this.chat(chatId);
    this.rename(chat, title, by ?? chat.ownerId, byHand('rename'));
  }

  /** Lets a person write in the chat. */
  say(chatId: number, user: number): void {
    this.post(this.chat(chatId), user);
    this.onChange();
  }

  /** Lets a person write something and pin it. */
  pin(chatId: number, user: number, text: string): void {
    this.say(chatId, user);
    const chat = this.chat(chatId);
    chat.pinned = { ...chat.lastMessage, text };
  }

  setAdminByHand(chatId: number, user: number, isAdmin: boolean): void {
    this.setAdmin(this.chat(chatId), user, isAdmin, byHand(isAdmin ? 'promote' : 'demote'));
  }

  /** Lets the person accept an invitation that waits for them. */
  acceptInvitation(chatId: number, user: number): void {
    const chat = this.chat(chatId);
    const member = chat.members.get(user);
    if (member?.isRequest) this.addMember(chat, user, member.invitedBy, byHand('acceptInvitation'));
  }

  setCondition(chatId: number, condition: Chat['condition']): void {
    this.chat(chatId).condition = condition;
    this.onChange();
  }
}

const byHand = (what: string) => ({ method: `hand.${what}`, tokenOwner: null });
