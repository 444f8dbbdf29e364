import { badParameter, VkError } from '../errors.ts';
import { type Caller, EVERYBODY, type Method } from './method.ts';

const MAX_USERS = 1_000;
const MAX_GROUPS = 500;
/** VK's bit of «messages» in a community token's mask. */
const MESSAGES_PERMISSION = { name: 'messages', setting: 4096 };

/** Says who the token is, or shows the people asked for. Ids that nobody has are left out. */
function getUsers({ world, token, params }: Caller) {
  const asked = params.ints('user_ids', MAX_USERS);
  const ids = asked.length > 0 ? asked : token.kind === 'user' ? [token.ownerId] : [];
  return ids
    .filter((id) => world.accounts.isUser(id))
    .map((id) => {
      const person = world.accounts.person(id);
      return {
        id,
        first_name: person.firstName ?? 'Пользователь',
        last_name: person.lastName ?? String(id),
        ...(person.status === 'deleted'
          ? { deactivated: 'deleted' }
          : { can_access_closed: true, is_closed: false }),
      };
    });
}

/** A community token may leave the ids out: it then asks about itself. */
function getGroupsById({ world, token, params }: Caller) {
  const asked = [...params.ints('group_ids', MAX_GROUPS), ...params.ints('group_id', 1)];
  if (asked.length === 0 && token.kind === 'user') throw badParameter('group_ids is undefined');
  const ids = asked.length > 0 ? asked : [-token.ownerId];
  const groups = ids
    .map((id) => world.accounts.communities.get(id))
    .filter((community) => community !== undefined)
    .map(({ id, name }) => ({
      id,
      name,
      screen_name: `club${id}`,
      is_closed: 0,
      type: 'group',
      photo_50: 'https://vk.com/images/community_50.png',
      photo_100: 'https://vk.com/images/community_100.png',
      photo_200: 'https://vk.com/images/community_200.png',
    }));
  if (groups.length === 0) throw new VkError(125);
  return { groups, profiles: [] };
}

/** Only a community's token has permissions of this kind. */
function getTokenPermissions({ token }: Caller) {
  const permissions = token.scopes.includes('messages') ? [MESSAGES_PERMISSION] : [];
  return { mask: permissions.reduce((mask, { setting }) => mask | setting, 0), permissions };
}

export const identityMethods: readonly Method[] = [
  { name: 'users.get', kinds: EVERYBODY, writes: false, params: ['user_ids'], run: getUsers },
  {
    name: 'groups.getById',
    kinds: EVERYBODY,
    writes: false,
    params: ['group_ids', 'group_id'],
    run: getGroupsById,
  },
  {
    name: 'groups.getTokenPermissions',
    kinds: ['community'],
    writes: false,
    params: [],
    run: getTokenPermissions,
  },
];
