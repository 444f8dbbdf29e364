import { capacityOf } from '../chat.ts';
import { VkError } from '../errors.ts';
import { addingOf } from './members.ts';
import {
  type Caller,
  changeable,
  chatIdOf,
  chatPeer,
  checkGroupId,
  EVERYBODY,
  type Method,
  requireAdmin,
} from './method.ts';

const MAX_CREATED_WITH = 1_000;

/** A community's chat begins empty. People who cannot be added are missing from `peer_ids` without a word. */
function createChat(caller: Caller) {
  const { world, token, params, cause } = caller;
  checkGroupId(caller);
  const title = params.requiredText('title');
  const asked = token.kind === 'user' ? new Set(params.ints('user_ids', MAX_CREATED_WITH)) : [];
  const chat = world.createChat(token.ownerId, title, cause);
  const added: number[] = [];
  for (const user of asked) {
    if (user === token.ownerId || chat.members.size >= capacityOf(chat)) continue;
    const adding = addingOf(world, user);
    if (adding === 'asks') world.inviteMember(chat, user, token.ownerId, cause);
    if (adding !== 'free') continue;
    world.addMember(chat, user, token.ownerId, cause, true);
    added.push(user);
  }
  const localId = world.mailbox(token.ownerId).of(chat)?.localId;
  return { chat_id: localId, peer_ids: added };
}

/** Posts a service message also when the title is the same, because VK does for every rename. */
function editChat(caller: Caller) {
  const chat = changeable(caller, chatIdOf(caller));
  requireAdmin(caller, chat);
  caller.world.rename(chat, caller.params.requiredText('title'), caller.token.ownerId, caller.cause);
  return 1;
}

/** Clears the conversation for the caller alone. The chat and its members stay. */
function deleteConversation(caller: Caller) {
  const { world, token, cause } = caller;
  checkGroupId(caller);
  const place = world.mailbox(token.ownerId).places.get(chatPeer(caller));
  if (!place) throw new VkError(927);
  return { last_deleted_id: world.clear(token.ownerId, place.chat, cause) };
}

function getInviteLink(caller: Caller) {
  const { world, token, params, cause } = caller;
  checkGroupId(caller);
  const chat = changeable(caller, chatPeer(caller));
  const reset = params.flag('reset');
  const member = chat.members.get(token.ownerId);
  if (!member?.isAdmin && chat.ownerId !== token.ownerId) throw new VkError(reset ? 931 : 919);
  if (reset) world.resetLink(chat, cause);
  return { link: world.inviteLink(chat) };
}

/** Takes links of VK's host and of the sandbox's own. An old (reset) link answers 917. */
function joinChatByInviteLink({ world, token, params, cause }: Caller) {
  const link = params.requiredText('link');
  const chat = world.chatByInvite(link.slice(link.lastIndexOf('/') + 1));
  if (!chat) throw new VkError(917);
  if (!chat.members.has(token.ownerId)) {
    if (chat.members.size >= capacityOf(chat)) throw new VkError(103);
    world.joinByLink(chat, token.ownerId, cause);
  }
  return { chat_id: world.mailbox(token.ownerId).of(chat)?.localId };
}

export const chatMethods: readonly Method[] = [
  {
    name: 'messages.createChat',
    kinds: EVERYBODY,
    writes: true,
    params: ['user_ids', 'title', 'group_id'],
    run: createChat,
  },
  { name: 'messages.editChat', kinds: EVERYBODY, writes: true, params: ['chat_id', 'title'], run: editChat },
  {
    name: 'messages.deleteConversation',
    kinds: EVERYBODY,
    writes: true,
    params: ['peer_id', 'group_id'],
    run: deleteConversation,
  },
  {
    name: 'messages.getInviteLink',
    kinds: EVERYBODY,
    writes: false,
    params: ['peer_id', 'reset', 'group_id'],
    run: getInviteLink,
  },
  {
    name: 'messages.joinChatByInviteLink',
    kinds: ['user'],
    writes: true,
    params: ['link'],
    run: joinChatByInviteLink,
  },
];
