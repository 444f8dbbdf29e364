import type { Token, TokenKind } from '../accounts.ts';
import { type Chat, isAdminOf } from '../chat.ts';
import { VkError } from '../errors.ts';
import { CHAT_PEER_BASE, type Place } from '../mailbox.ts';
import type { Params } from '../params.ts';
import type { SandboxWorld } from '../sandbox-world.ts';
import type { Cause } from '../world.ts';

/** One call of one method by one token. */
export type Caller = { world: SandboxWorld; token: Token; params: Params; cause: Cause };

/** A method of VK's API. `params` are the parameters it heeds; it ignores others, as VK does. */
export type Method = {
  name: string;
  kinds: readonly TokenKind[];
  writes: boolean;
  params: readonly string[];
  run: (caller: Caller) => unknown;
};

export const EVERYBODY: readonly TokenKind[] = ['user', 'community'];
export const USERS: readonly TokenKind[] = ['user'];

const MAX_CHAT_ID = 100_000_000;

/** Finds the caller's place in a chat, for reading. 927: unknown; 917: not in it, or a community that is no admin. */
export function readable({ world, token }: Caller, localId: number): Place {
  const place = world.mailbox(token.ownerId).places.get(localId);
  if (!place) throw new VkError(927);
  if (place.state !== 'in') throw new VkError(917);
  if (token.kind === 'community' && !isAdminOf(place.chat, token.ownerId)) throw new VkError(917);
  return place;
}

/** Finds the chat, for changing. Errors as for reading, and 922: left; 945: disabled; 946: not supported. */
export function changeable({ world, token }: Caller, localId: number): Chat {
  const place = world.mailbox(token.ownerId).places.get(localId);
  if (!place) throw new VkError(927);
  if (place.state === 'kicked') throw new VkError(917);
  if (place.state === 'left') throw new VkError(922);
  if (place.chat.condition === 'disabled') throw new VkError(945);
  if (place.chat.condition === 'unsupported') throw new VkError(946);
  return place.chat;
}

/** Refuses (925) a caller who is no admin of the chat. */
export function requireAdmin(caller: Caller, chat: Chat): void {
  if (!isAdminOf(chat, caller.token.ownerId)) throw new VkError(925);
}

/** Gives the local chat id of `chat_id`. */
export const chatIdOf = ({ params }: Caller) => params.requiredInt('chat_id', { min: 0, max: MAX_CHAT_ID });

/** Gives the local chat id of `peer_id`. A peer that is no chat is a chat that does not exist. */
export function chatPeer({ params }: Caller): number {
  return params.requiredInt('peer_id') - CHAT_PEER_BASE;
}

/** A community may repeat its own `group_id`. Another's is refused. */
export function checkGroupId({ params, token }: Caller): void {
  const groupId = params.int('group_id', { min: 0 });
  if (groupId !== undefined && token.kind === 'community' && groupId !== -token.ownerId)
    throw new VkError(15);
}
