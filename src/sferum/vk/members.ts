import { type SferumChatMember, SferumError } from '../gateway.ts';
import { readCall } from './call.ts';
import { type Ask, membersReply } from './replies.ts';

/** VK's largest page. Its default of 20 would make any chat look like one of 20. */
const PAGE = 1_000;
/** Far beyond any chat: a listing without an end is given up. */
const MOST_MEMBERS = 100_000;

/**
 * Reads everybody in a chat. A list that is empty, cut or in doubt is `unknown`, never a smaller chat: from an empty
 * list would follow that everybody has to be added, from a cut one that people are missing.
 *
 * @param ask asks VK once, with plain retries
 * @param leftOut ids that are no members: our own account and community
 */
export async function readMembers(
  peerId: number,
  leftOut: readonly number[],
  ask: Ask,
): Promise<SferumChatMember[]> {
  const method = 'messages.getConversationMembers';
  const members = new Map<number, SferumChatMember>();
  let count = Number.POSITIVE_INFINITY;
  let read = 0;
  while (read < count) {
    const page = await ask(readCall(method, { peer_id: peerId, count: PAGE, offset: read }), membersReply);
    if (page.items.length === 0 || page.count > MOST_MEMBERS) {
      throw new SferumError('unknown', `${method}: the list is cut, empty or endless`);
    }
    count = page.count;
    read += page.items.length;
    for (const item of page.items) {
      members.set(item.member_id, {
        userId: item.member_id,
        admin: item.is_admin === true || item.is_owner === true,
        waiting: item.is_message_request === true,
      });
    }
    // A page below the full size is the last one. Where it is not, the list was cut.
    if (page.items.length < PAGE) break;
  }
  // A person who comes or goes between two pages appears twice or not at all.
  if (members.size !== count) throw new SferumError('unknown', `${method}: the list contradicts its count`);
  for (const id of leftOut) members.delete(id);
  return [...members.values()];
}
