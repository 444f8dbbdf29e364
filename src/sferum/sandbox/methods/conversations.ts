import { sure } from '../../../sure.ts';
import { type Chat, isAdminOf } from '../chat.ts';
import { badParameter } from '../errors.ts';
import type { Faults } from '../faults.ts';
import { CHAT_PEER_BASE, lastMessageOf, type Place } from '../mailbox.ts';
import { type Caller, checkGroupId, EVERYBODY, type Method } from './method.ts';

const DEFAULT_COUNT = 20;
const MAX_CONVERSATIONS = 200;
const MAX_FOUND = 255;
const MAX_BY_ID = 100;
const MAX_ACTIVE_IDS = 4;

/** Lists the caller's conversations, newest first, without chats that the listing lag still hides. */
function listed({ world, token }: Caller): readonly Place[] {
  const places = world.mailbox(token.ownerId).listed();
  const hiddenAfterMs = world.now() - world.faults.listingLagMs;
  return world.faults.listingLagMs === 0
    ? places
    : places.filter((place) => place.chat.createdAtMs <= hiddenAfterMs);
}

function conversation({ world, token }: Caller, place: Place) {
  const last = lastMessageOf(place);
  return {
    peer: { id: CHAT_PEER_BASE + place.localId, type: 'chat', local_id: place.localId },
    version: last.id,
    last_message_id: last.id,
    in_read: last.id,
    out_read: last.id,
    sort_id: { major_id: 0, minor_id: last.id },
    last_conversation_message_id: last.indexInChat,
    can_write: { allowed: place.state === 'in' },
    chat_settings: chatSettings(place, token.ownerId, world.faults),
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => sure(ENTITIES[character]));

/** A viewer who is out sees the title and their own state, not the members. */
function chatSettings(place: Place, viewer: number, { escapedTitles, bareLooks }: Faults) {
  const { chat } = place;
  const isIn = place.state === 'in';
  const isAdmin = isIn && isAdminOf(chat, viewer);
  return {
    owner_id: chat.ownerId,
    title: escapedTitles ? escaped(chat.title) : chat.title,
    state: place.state,
    acl: {
      can_change_info: isAdmin,
      can_change_invite_link: isAdmin,
      can_change_pin: isAdmin,
      can_invite: isIn,
      can_promote_users: isAdmin,
      can_see_invite_link: isAdmin,
      can_moderate: isAdmin,
      can_copy_chat: isIn,
      can_call: isIn,
      can_use_mass_mentions: isAdmin,
    },
    ...(isIn && chat.pinned ? { pinned_message: pinnedMessage(place, chat.pinned) } : {}),
    ...(isIn && !bareLooks ? { members_count: chat.members.size, ...peopleShown(chat) } : {}),
  };
}

function pinnedMessage(place: Place, pinned: NonNullable<Chat['pinned']>) {
  return {
    date: Math.floor(pinned.atMs / 1_000),
    from_id: pinned.fromId,
    id: pinned.id,
    conversation_message_id: pinned.indexInChat,
    peer_id: CHAT_PEER_BASE + place.localId,
    text: pinned.text,
  };
}

function peopleShown(chat: Chat) {
  const admins: number[] = [];
  const active: number[] = [];
  for (const [id, member] of chat.members) {
    if (member.isAdmin && id !== chat.ownerId) admins.push(id);
    if (active.length < MAX_ACTIVE_IDS && id !== chat.ownerId && !member.isRequest) active.push(id);
  }
  return { admin_ids: admins, active_ids: active };
}

function lastMessage({ token }: Caller, place: Place) {
  const last = lastMessageOf(place);
  return {
    date: Math.floor(last.atMs / 1_000),
    from_id: last.fromId,
    id: last.id,
    version: last.id,
    out: last.fromId === token.ownerId ? 1 : 0,
    conversation_message_id: last.indexInChat,
    peer_id: CHAT_PEER_BASE + place.localId,
    text: '',
    action: last.action,
  };
}

function getConversations(caller: Caller) {
  const { params } = caller;
  checkGroupId(caller);
  const count = params.int('count', { min: 0, max: MAX_CONVERSATIONS }) ?? DEFAULT_COUNT;
  const offset = params.int('offset', { min: 0 }) ?? 0;
  const places = listed(caller);
  const items = places.slice(offset, offset + count).map((place) => ({
    conversation: conversation(caller, place),
    last_message: lastMessage(caller, place),
  }));
  return { count: places.length, items };
}

/** Leaves out peers that the caller does not have, and for a community the chats it does not administer. */
function getConversationsById(caller: Caller) {
  const { world, token, params } = caller;
  checkGroupId(caller);
  const peerIds = params.ints('peer_ids', MAX_BY_ID);
  if (peerIds.length === 0) throw badParameter('peer_ids is undefined');
  const { places } = world.mailbox(token.ownerId);
  const items = peerIds
    .map((peerId) => places.get(peerId - CHAT_PEER_BASE))
    .filter((place) => place !== undefined)
    .filter((place) => token.kind === 'user' || isAdminOf(place.chat, token.ownerId))
    .map((place) => conversation(caller, place));
  return { count: items.length, items };
}

function searchConversations(caller: Caller) {
  const { params } = caller;
  checkGroupId(caller);
  const count = params.int('count', { min: 1, max: MAX_FOUND }) ?? DEFAULT_COUNT;
  const wanted = (params.text('q') ?? '').toLowerCase();
  const found = listed(caller).filter((place) => place.chat.title.toLowerCase().includes(wanted));
  return { count: found.length, items: found.slice(0, count).map((place) => conversation(caller, place)) };
}

export const conversationMethods: readonly Method[] = [
  {
    name: 'messages.getConversations',
    kinds: EVERYBODY,
    writes: false,
    params: ['count', 'offset', 'group_id'],
    run: getConversations,
  },
  {
    name: 'messages.getConversationsById',
    kinds: EVERYBODY,
    writes: false,
    params: ['peer_ids', 'group_id'],
    run: getConversationsById,
  },
  {
    name: 'messages.searchConversations',
    kinds: EVERYBODY,
    writes: false,
    params: ['q', 'count', 'group_id'],
    run: searchConversations,
  },
];
