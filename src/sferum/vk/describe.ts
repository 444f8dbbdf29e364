import { type AccountInfo, SferumError } from '../gateway.ts';
import { readCall } from './call.ts';
import { type Ask, groupsReply, permissionsReply, usersReply } from './replies.ts';

/**
 * Who a token is: a user's token names its user, a community's its community, and the latter must have the
 * right «messages». All three questions go in one request; which of them are refused tells the kind.
 */
export async function describeToken(ask: Ask): Promise<Omit<AccountInfo, 'mayCall'>> {
  const [users, groups, permissions] = await Promise.allSettled([
    ask(readCall('users.get', {}), usersReply),
    ask(readCall('groups.getById', {}), groupsReply),
    ask(readCall('groups.getTokenPermissions', {}), permissionsReply),
  ]);
  if (users.status === 'rejected') throw users.reason;
  const user = users.value[0];
  if (user) return { ownerId: user.id, tokenKind: 'user' };
  if (groups.status === 'rejected') throw groups.reason;
  if (permissions.status === 'rejected') throw permissions.reason;
  const community = groups.value.groups[0];
  if (!community) throw new SferumError('token', 'the token names neither a user nor a community');
  if (!permissions.value.permissions.some((permission) => permission.name === 'messages')) {
    throw new SferumError('token', 'the community token lacks the right «messages»');
  }
  return { ownerId: -community.id, tokenKind: 'community' };
}

/** Whether a token may start calls: only a user's may. A token that VK refuses may not. */
export async function mayStartCalls(ask: Ask): Promise<boolean> {
  try {
    return (await ask(readCall('users.get', {}), usersReply)).length > 0;
  } catch (error) {
    if (error instanceof SferumError && error.kind === 'token') return false;
    throw error;
  }
}
