import type { Person, SchoolAccess, Token } from './accounts.ts';
import type { Chat } from './chat.ts';
import { Faults } from './faults.ts';
import { World, type WorldOptions } from './world.ts';

/** A service account's id when none is given: beyond 2^31, where real ids are by now. */
const FIRST_SERVICE_USER_ID = 200_000_000_001;
const TOKEN_LENGTH = 64;

type SchoolRequest = {
  communityId: number;
  name?: string;
  serviceUserId?: number;
  userToken?: string;
  communityToken?: string;
};

/** The world with its switches: what tests, the demo and `/_sandbox` do to it from outside the VK API. */
export class SandboxWorld extends World {
  readonly faults: Faults;

  constructor(options: WorldOptions) {
    super(options);
    this.faults = new Faults(options);
  }

  /**
   * A school's community and service account with a token each. Asked again for the same community it
   * gives the same access (tokens revoked meanwhile are replaced).
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

  /** The owner's working token, or a new one; `text` asks for a certain one. */
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

  /** From now on the token answers error 5. */
  revokeToken(text: string): void {
    const token = this.accounts.tokens.get(text);
    if (token) token.revoked = true;
    this.onChange();
  }

  /** Names to show on the consent page, an account that is gone, or how he may be added. */
  describePerson(person: Person): void {
    this.accounts.describePerson(person);
    this.onChange();
  }

  chat(chatId: number): Chat {
    const chat = this.chats.get(chatId);
    if (!chat) throw new Error(`no chat ${chatId}`);
    return chat;
  }

  /** The chat that an owner sees under this peer id or local chat id. */
  chatAt(ownerId: number, localId: number): Chat {
    const place = this.mailbox(ownerId).places.get(
      localId > 2_000_000_000 ? localId - 2_000_000_000 : localId,
    );
    if (!place) throw new Error(`no chat ${localId} of ${ownerId}`);
    return place.chat;
  }

  /** Who is really in, without invitations that wait. */
  memberIds(chatId: number): number[] {
    return [...this.chat(chatId).members].filter(([, member]) => !member.isRequest).map(([id]) => id);
  }

  /** Somebody in the messenger lets a person in (not by our API). */
  join(chatId: number, user: number): void {
    const chat = this.chat(chatId);
    this.addMember(chat, user, chat.ownerId, byHand('join'));
  }

  /** A person enters by the link he was given; false: the link does not work any more. */
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

  setAdminByHand(chatId: number, user: number, isAdmin: boolean): void {
    this.setAdmin(this.chat(chatId), user, isAdmin, byHand(isAdmin ? 'promote' : 'demote'));
  }

  /** The person accepts an invitation that waits for him. */
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
