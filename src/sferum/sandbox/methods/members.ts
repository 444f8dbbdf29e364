import type { Adding } from '../accounts.ts';
import { type Chat, capacityOf, isAdminOf } from '../chat.ts';
import { badParameter, VkError } from '../errors.ts';
import type { MemberListing } from '../faults.ts';
import type { SandboxWorld } from '../sandbox-world.ts';
import {
  type Caller,
  changeable,
  chatIdOf,
  chatPeer,
  checkGroupId,
  EVERYBODY,
  type Method,
  readable,
  requireAdmin,
  USERS,
} from './method.ts';

const DEFAULT_MEMBERS_COUNT = 20;
const MAX_MEMBERS_COUNT = 1_000;
const MAX_ADDED_AT_ONCE = 1_000;

/** Says what adding this person comes to: 936 for an id that nobody has, 18 for a deleted account. */
export function addingOf(world: SandboxWorld, user: number): Adding {
  if (!world.accounts.isUser(user)) return 936;
  const person = world.accounts.person(user);
  return person.status === 'deleted' ? 18 : (person.adding ?? 'free');
}

function refusal(code: number): VkError {
  return new VkError(code, code === 15 ? "can't add this user" : undefined);
}

/** Adds or invites one person. Throws what VK would answer about them. */
function addOne({ world, token, cause }: Caller, chat: Chat, user: number): void {
  const member = chat.members.get(user);
  if (member) throw member.isRequest ? new VkError(939) : new VkError(15, 'user already in');
  const adding = addingOf(world, user);
  if (typeof adding === 'number') throw refusal(adding);
  if (chat.members.size >= capacityOf(chat)) throw new VkError(103);
  if (adding === 'asks') {
    world.inviteMember(chat, user, token.ownerId, cause);
    throw new VkError(939);
  }
  world.addMember(chat, user, token.ownerId, cause);
}

function addChatUser(caller: Caller) {
  const { world, token, params, cause } = caller;
  const chatId = chatIdOf(caller);
  const user = params.requiredInt('user_id', { min: 0 });
  const place = world.mailbox(token.ownerId).places.get(chatId);
  if (place?.state === 'left' && user === token.ownerId) {
    world.addMember(place.chat, user, user, cause);
    return 1;
  }
  addOne(caller, changeable(caller, chatId), user);
  return 1;
}

/** The published schema leaves out `user_ids` and the meaning of `invitees`: read the members to confirm. */
function addChatUsers(caller: Caller) {
  const chat = changeable(caller, chatIdOf(caller));
  const failed: number[] = [];
  const invitees: number[] = [];
  for (const user of new Set(caller.params.ints('user_ids', MAX_ADDED_AT_ONCE))) {
    try {
      addOne(caller, chat, user);
      invitees.push(user);
    } catch (error) {
      if (!(error instanceof VkError)) throw error;
      (error.code === 939 ? invitees : failed).push(user);
    }
  }
  return { failed_peer_ids: failed, failed_phone_numbers: [], invitees };
}

/** Leaving is open to everybody. Others are removed by admins and by the people who invited them. */
function removeChatUser(caller: Caller) {
  const { world, token, params, cause } = caller;
  const chat = changeable(caller, chatIdOf(caller));
  const id = params.int('member_id') ?? params.int('user_id');
  if (id === undefined) throw badParameter('member_id is undefined');
  if (id !== token.ownerId && !canKick(chat, token.ownerId, id)) {
    const admin = isAdminOf(chat, token.ownerId);
    if (!admin) throw new VkError(925);
    if (chat.members.has(id)) throw new VkError(15, "can't remove this user");
  }
  if (!chat.members.has(id)) throw new VkError(935);
  world.removeMember(chat, id, token.ownerId, cause);
  return 1;
}

function canKick(chat: Chat, by: number, id: number): boolean {
  if (id === by || id === chat.ownerId) return false;
  const member = chat.members.get(id);
  return member !== undefined && (isAdminOf(chat, by) || member.invitedBy === by);
}

/** The published schema does not have this method. `is_admin` confirms it. */
function setMemberRole(caller: Caller) {
  const { world, params, cause } = caller;
  const chat = changeable(caller, chatPeer(caller));
  requireAdmin(caller, chat);
  const id = params.requiredInt('member_id');
  const role = params.requiredText('role');
  if (role !== 'admin' && role !== 'member') throw badParameter('role is invalid');
  const member = chat.members.get(id);
  if (!member || member.isRequest) throw new VkError(935);
  if (id === chat.ownerId) throw new VkError(15, "can't change role of the owner");
  world.setAdmin(chat, id, role === 'admin', cause);
  return 1;
}

/** Leaves out flags that are false. `count` counts all members, the invited included. */
function getConversationMembers(caller: Caller) {
  const { world, token, params } = caller;
  checkGroupId(caller);
  const { chat } = readable(caller, chatPeer(caller));
  const count = params.int('count', { min: 1, max: MAX_MEMBERS_COUNT }) ?? DEFAULT_MEMBERS_COUNT;
  const offset = params.int('offset', { min: 0 }) ?? 0;
  const items = chat.members
    .entries()
    .drop(offset)
    .take(count)
    .map(([id, member]) => ({
      member_id: id,
      invited_by: member.invitedBy,
      join_date: Math.floor(member.joinedAtMs / 1_000),
      ...(isAdminOf(chat, id) ? { is_admin: true } : {}),
      ...(id === chat.ownerId ? { is_owner: true } : {}),
      ...(member.isRequest
        ? { is_message_request: true, request_date: Math.floor(member.joinedAtMs / 1_000) }
        : {}),
      ...(canKick(chat, token.ownerId, id) ? { can_kick: true } : {}),
    }))
    .toArray();
  return distorted(world.faults.memberListing, items, chat.members.size);
}

function distorted<Item>(how: MemberListing, items: Item[], count: number): { items: Item[]; count: number } {
  switch (how) {
    case 'whole':
      return { items, count };
    case 'empty':
      return { items: [], count };
    case 'nobody':
      return { items: [], count: 0 };
    case 'cut':
      return { items: items.slice(0, items.length / 2), count };
    case 'contradictory':
      return { items, count: count - 1 };
    case 'default-page':
      return { items: items.slice(0, DEFAULT_MEMBERS_COUNT), count };
  }
}

export const memberMethods: readonly Method[] = [
  {
    name: 'messages.addChatUser',
    kinds: USERS,
    writes: true,
    params: ['chat_id', 'user_id'],
    run: addChatUser,
  },
  {
    name: 'messages.addChatUsers',
    kinds: USERS,
    writes: true,
    params: ['chat_id', 'user_ids'],
    run: addChatUsers,
  },
  {
    name: 'messages.removeChatUser',
    kinds: EVERYBODY,
    writes: true,
    params: ['chat_id', 'user_id', 'member_id'],
    run: removeChatUser,
  },
  {
    name: 'messages.setMemberRole',
    kinds: EVERYBODY,
    writes: true,
    params: ['peer_id', 'member_id', 'role'],
    run: setMemberRole,
  },
  {
    name: 'messages.getConversationMembers',
    kinds: EVERYBODY,
    writes: false,
    params: ['peer_id', 'count', 'offset', 'group_id'],
    run: getConversationMembers,
  },
];
