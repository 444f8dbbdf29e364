import { type AccountInfo, SferumError } from '../gateway.ts';
import { tokenCall } from './call.ts';
import { type Ask, groupsReply, permissionsReply, usersReply } from './replies.ts';

/**
 * Says who a token is. A user's token names its user. A community's token names its community and must have the right
 * «messages».
 * One request asks all three questions, and the refused ones tell the kind. A question that VK does not answer for
 * this kind of token says nothing; a token that VK refuses is refused.
 */
export async function describeToken(ask: Ask): Promise<Omit<AccountInfo, 'mayCall'>> {
  const [users, groups, permissions] = await Promise.allSettled([
    ask(tokenCall('users.get'), usersReply),
    ask(tokenCall('groups.getById'), groupsReply),
    ask(tokenCall('groups.getTokenPermissions'), permissionsReply),
  ]);
  if (users.status === 'fulfilled' && users.value[0]) {
    return { ownerId: users.value[0].id, tokenKind: 'user' };
  }
  if (groups.status === 'rejected') throw users.status === 'rejected' ? users.reason : groups.reason;
  const community = groups.value.groups[0];
  if (!community) throw new SferumError('token', 'the token names neither a user nor a community');
  if (permissions.status === 'rejected') {
    if (permissions.reason instanceof SferumError && permissions.reason.kind === 'token')
      throw permissions.reason;
  } else if (!permissions.value.permissions.some((permission) => permission.name === 'messages')) {
    throw new SferumError('token', 'the community token lacks the right «messages»');
  }
  return { ownerId: -community.id, tokenKind: 'community' };
}

/** Whether a token may start calls. Only a user's token may, and one that VK refuses may not. */
export async function mayStartCalls(ask: Ask): Promise<boolean> {
  try {
    return (await ask(tokenCall('users.get'), usersReply)).length > 0;
  } catch (error) {
    if (error instanceof SferumError && error.kind === 'token') return false;
    throw error;
  }
}
