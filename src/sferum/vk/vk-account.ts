import {
  type AccountInfo,
  type CallOptions,
  type ChatLook,
  type ChatRef,
  type FoundChat,
  type MembershipMode,
  type SferumAccount,
  type SferumChatMember,
  type SferumCredentials,
  SferumError,
  type SferumUserId,
} from '../gateway.ts';
import { readCall, type VkCall, writeCall } from './call.ts';
import { describeToken, mayStartCalls } from './describe.ts';
import { VkError } from './errors.ts';
import type { VkLimits } from './limits.ts';
import { Looks, readLooks } from './looks.ts';
import { readMembers } from './members.ts';
import { type ListedChat, listChats, type SharedScan } from './own-chats.ts';
import { type Ask, createChatReply, linkReplies, shaped } from './replies.ts';
import { withRetries } from './retry.ts';
import { readingsOf } from './titles.ts';
import type { TokenBatcher } from './token-batcher.ts';
import type { VkClock } from './transport.ts';

/** In VK a chat's peer id is this plus its chat id. */
const CHAT_PEER_BASE = 2_000_000_000;
/** VK's code for «you left this chat». */
const LEFT_ALREADY = 922;

/** One token at work. Every school that has it shares it. */
export interface TokenLine {
  batcher: TokenBatcher;
  scan: SharedScan<ListedChat[]>;
}

interface AccountParts {
  line: TokenLine;
  /** The line of the user token that makes calls. Null where the school has none. */
  callsLine: TokenLine | null;
  leadsToSferum: (link: string) => boolean;
  clock: VkClock;
  random: () => number;
  limits: VkLimits;
}

/** `once`: the call is never repeated after an unknown outcome. `freely`: repeating it changes nothing. */
type Repeat = 'once' | 'freely';

/** The port's account in the terms of VK's methods. */
export class VkAccount implements SferumAccount {
  readonly ownerId: number;
  readonly mode: MembershipMode;
  readonly #communityId: number;
  readonly #parts: AccountParts;
  readonly #looks: Looks;

  constructor({ ownerId, communityId, tokenKind }: SferumCredentials, parts: AccountParts) {
    this.ownerId = ownerId;
    this.mode = tokenKind === 'user' ? 'adding' : 'inviting';
    this.#communityId = communityId;
    this.#parts = parts;
    const { clock, limits } = parts;
    this.#looks = new Looks(
      (peerIds, options) => this.#lookAt(peerIds, options),
      (ms) => clock.sleep(ms),
      limits.lookLingerMs,
    );
  }

  async createChat(
    { title, members }: { title: string; members: readonly SferumUserId[] },
    options: CallOptions,
  ): Promise<{ ref: ChatRef; members: SferumUserId[] }> {
    const asked = this.mode === 'adding' ? members : [];
    const call = writeCall('messages.createChat', { ...(asked.length > 0 && { user_ids: asked }), title });
    const reply = shaped(call, await this.#send(call, 'once', options), createChatReply);
    const added = new Set(reply.peer_ids);
    return {
      ref: { ownerId: this.ownerId, peerId: CHAT_PEER_BASE + reply.chat_id },
      members: asked.filter((member) => added.has(member)),
    };
  }

  async addMember(chat: ChatRef, user: SferumUserId, options: CallOptions): Promise<'in' | 'waiting'> {
    if (this.mode === 'inviting') {
      throw new SferumError('not-possible', 'messages.addChatUser: not with a community token');
    }
    const params = { chat_id: this.#chatId(chat), user_id: user };
    const state = await this.#settle(writeCall('messages.addChatUser', params), options);
    return state === 'waiting' ? 'waiting' : 'in';
  }

  async removeMember(chat: ChatRef, user: SferumUserId, options: CallOptions): Promise<void> {
    const params = { chat_id: this.#chatId(chat), member_id: user };
    await this.#settle(writeCall('messages.removeChatUser', params), options);
  }

  async setAdmin(
    chat: ChatRef,
    user: SferumUserId,
    admin: boolean,
    options: CallOptions,
  ): Promise<'done' | 'not-in'> {
    const params = { peer_id: this.#peerId(chat), member_id: user, role: admin ? 'admin' : 'member' };
    const end = await this.#settle(writeCall('messages.setMemberRole', params), options);
    return end === 'not-in' ? 'not-in' : 'done';
  }

  async renameChat(chat: ChatRef, title: string, options: CallOptions): Promise<void> {
    await this.#send(
      writeCall('messages.editChat', { chat_id: this.#chatId(chat), title }),
      'freely',
      options,
    );
  }

  async inviteLink(chat: ChatRef, reset: boolean, options: CallOptions): Promise<string> {
    const params = { peer_id: this.#peerId(chat), reset };
    const call = (reset ? writeCall : readCall)('messages.getInviteLink', params);
    return shaped(
      call,
      await this.#send(call, 'freely', options),
      linkReplies(this.#parts.leadsToSferum).invite,
    ).link;
  }

  async readMembers(chat: ChatRef, options: CallOptions): Promise<SferumChatMember[]> {
    return readMembers(this.#peerId(chat), [this.ownerId, -this.#communityId], this.#asker(options));
  }

  async findChats(title: string, options: CallOptions): Promise<FoundChat[]> {
    return (await this.ownChats(options)).filter((chat) => chat.titles.includes(title));
  }

  async ownChats(options: CallOptions): Promise<FoundChat[]> {
    const { scan } = this.#parts.line;
    // A scan serves other callers, too. So it is not given up with one of them, and does not linger with the
    // bulk.
    const priority = options.priority === 'bulk' ? 'event' : options.priority;
    const ask = this.#asker({ priority, ...(options.onSent && { onSent: options.onSent }) });
    const listed = await scan.result(() => listChats(ask));
    return listed
      .filter((chat) => chat.ownerId === this.ownerId && chat.state === 'in')
      .sort((one, other) => other.peerId - one.peerId)
      .map(({ peerId, title }) => ({
        ...{ ref: { ownerId: this.ownerId, peerId }, titles: readingsOf(title), own: true },
      }));
  }

  async lookAt(chats: readonly ChatRef[], options: CallOptions): Promise<ReadonlyMap<number, ChatLook>> {
    return this.#lookAt(
      chats.map((chat) => this.#peerId(chat)),
      options,
    );
  }

  async look(chat: ChatRef, options: CallOptions): Promise<ChatLook | null> {
    const peerId = this.#peerId(chat);
    if (options.priority === 'bulk') return this.#looks.ask(peerId, options);
    return (await this.#lookAt([peerId], options)).get(peerId) ?? null;
  }

  #lookAt(peerIds: readonly number[], options: CallOptions): Promise<ReadonlyMap<number, ChatLook>> {
    return readLooks(peerIds, this.#asker(options));
  }

  /** Can be begun again after any of its steps: an account that has left already only clears. */
  async abandonChat(chat: ChatRef, title: string, options: CallOptions): Promise<void> {
    await unlessLeft(this.renameChat(chat, title, options));
    const clear = writeCall('messages.deleteConversation', { peer_id: this.#peerId(chat) });
    await this.#send(clear, 'freely', options);
    await unlessLeft(this.#leave(chat, options));
  }

  /** Leaves the chat. VK's answer that we are no member is believed only where the chat is closed to us. */
  async #leave(chat: ChatRef, options: CallOptions): Promise<void> {
    const params = { chat_id: this.#chatId(chat), member_id: this.ownerId };
    const end = await this.#settle(writeCall('messages.removeChatUser', params), options);
    if (end === 'done') return;
    try {
      await this.readMembers(chat, options);
    } catch (error) {
      if (error instanceof SferumError && error.kind === 'chat-lost') return;
      throw error;
    }
    throw new SferumError('unknown', 'messages.removeChatUser: we are in the chat still');
  }

  /** `callId` is empty where VK gives none, which its schema allows. We cannot end such a call. */
  async startCall(options: CallOptions): Promise<{ callId: string; joinLink: string }> {
    const call = writeCall('calls.start', {});
    const reply = shaped(
      call,
      await this.#send(call, 'once', options, this.#callsLine(call)),
      linkReplies(this.#parts.leadsToSferum).call,
    );
    return { callId: reply.call_id ?? '', joinLink: reply.join_link };
  }

  async endCall(callId: string, options: CallOptions): Promise<void> {
    const call = writeCall('calls.forceFinish', { call_id: callId });
    await this.#settle(call, options, this.#callsLine(call));
  }

  async describe(options: CallOptions): Promise<AccountInfo> {
    const info = await describeToken(this.#asker(options));
    const { callsLine } = this.#parts;
    const mayCall = callsLine
      ? await mayStartCalls(this.#asker(options, callsLine))
      : info.tokenKind === 'user';
    return { ...info, mayCall };
  }

  #callsLine(call: VkCall): TokenLine {
    const { callsLine, line } = this.#parts;
    if (callsLine) return callsLine;
    if (this.mode === 'adding') return line;
    throw new SferumError('not-possible', `${call.method}: calls need a user token`);
  }

  #asker(options: CallOptions, line = this.#parts.line): Ask {
    return async (call, reply) => shaped(call, await this.#send(call, 'freely', options, line), reply);
  }

  /** Sends the call. It is done where what was wanted is so: now, already, or as soon as the person accepts. */
  async #settle(
    call: VkCall,
    options: CallOptions,
    line = this.#parts.line,
  ): Promise<'done' | NonNullable<VkError['settled']>> {
    try {
      await this.#send(call, 'freely', options, line);
      return 'done';
    } catch (error) {
      if (error instanceof VkError && error.settled) return error.settled;
      throw error;
    }
  }

  #send(
    call: VkCall,
    repeat: Repeat,
    options: CallOptions,
    { batcher } = this.#parts.line,
  ): Promise<unknown> {
    const { clock, random, limits } = this.#parts;
    return withRetries(() => told(batcher.call(call, options), call, options), {
      repeatUnknown: repeat === 'freely',
      signal: options.signal,
      isClosing: () => batcher.closed,
      clock,
      random,
      limits,
    });
  }

  /** A chat id is local to the account that looks: another account's id would name some other chat. */
  #peerId(chat: ChatRef): number {
    if (chat.ownerId !== this.ownerId) throw new SferumError('defect', 'a chat of another account');
    return chat.peerId;
  }

  #chatId(chat: ChatRef): number {
    return this.#peerId(chat) - CHAT_PEER_BASE;
  }
}

/** Tells how a try ended. */
async function told(
  trying: Promise<unknown>,
  { write }: VkCall,
  { onOutcome }: CallOptions,
): Promise<unknown> {
  try {
    const value = await trying;
    onOutcome?.('done', write);
    return value;
  } catch (error) {
    if (error instanceof SferumError) onOutcome?.(error.kind, write);
    throw error;
  }
}

/** Ignores VK's answer that we are out of the chat already. */
async function unlessLeft(attempt: Promise<void>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof VkError && error.code === LEFT_ALREADY)) throw error;
  }
}
