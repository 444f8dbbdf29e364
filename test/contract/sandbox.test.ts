import { describe, expect, it } from 'vitest';
import { ERROR_TEXTS } from '../../src/sferum/sandbox/errors.ts';
import { METHODS } from '../../src/sferum/sandbox/methods/index.ts';
import { onTheWire, schoolInSandbox, scriptCall } from './sandbox-client.ts';
import { checkRequest, checkResponse, isPublishedErrorCode, METHODS_OUTSIDE_SCHEMA } from './vk-schema.ts';

/** Codes that dev.vk.com describes and the published schema lacks. */
const CODES_OUTSIDE_SCHEMA = [967, 974, 981, 982, 983, 984, 995, 1017, 1019];

type Values = Parameters<typeof onTheWire>[0];

/** Calls every method with requests that succeed, with both tokens, in an order in which they can succeed. */
async function tour() {
  const { world, access, user, community } = schoolInSandbox();
  world.describePerson({ id: 13, adding: 'asks' });
  const seen: { method: string; values: Values; answer: unknown }[] = [];
  const go = async (call: typeof user, method: string, values: Values = {}) => {
    const answer = await call(method, values);
    seen.push({ method, values, answer });
    return answer.response;
  };
  const { chat_id } = await go(user, 'messages.createChat', { title: '5А класс', user_ids: [11, 12, 13] });
  const peer_id = 2_000_000_000 + chat_id;
  await go(user, 'messages.addChatUser', { chat_id, user_id: 200_000_000_123 });
  await go(user, 'messages.addChatUsers', { chat_id, user_ids: [14, 15] });
  await go(user, 'messages.setMemberRole', { peer_id, member_id: 11, role: 'admin' });
  await go(user, 'messages.removeChatUser', { chat_id, member_id: 12 });
  await go(user, 'messages.editChat', { chat_id, title: '6А класс' });
  await go(user, 'messages.getConversationMembers', { peer_id, count: 1_000, offset: 0 });
  world.pin(world.chatAt(access.serviceUserId, peer_id).id, 11, 'Всем привет');
  await go(user, 'messages.getConversations', { count: 200, offset: 0 });
  await go(user, 'messages.getConversationsById', { peer_ids: [peer_id, 2_000_000_999] });
  await go(user, 'messages.searchConversations', { q: '6а', count: 255 });
  await go(user, 'messages.getInviteLink', { peer_id });
  await go(user, 'messages.getInviteLink', { peer_id, reset: true });
  await go(user, 'messages.deleteConversation', { peer_id });
  const call = await go(user, 'calls.start');
  await go(user, 'calls.forceFinish', { call_id: call.call_id });
  await go(user, 'users.get');
  await go(user, 'users.get', { user_ids: [11, 12] });
  await go(user, 'groups.getById', { group_ids: [access.communityId] });
  const own = await go(community, 'messages.createChat', { title: '6Б класс', group_id: access.communityId });
  const ownPeer = 2_000_000_000 + own.chat_id;
  const { link } = await go(community, 'messages.getInviteLink', { peer_id: ownPeer });
  await go(user, 'messages.joinChatByInviteLink', { link });
  await go(community, 'messages.getConversationMembers', { peer_id: ownPeer });
  await go(community, 'messages.getConversations');
  await go(community, 'messages.getConversationsById', { peer_ids: [ownPeer] });
  await go(community, 'groups.getById');
  await go(community, 'groups.getTokenPermissions');
  // A person who was taken out asks: the state has changed, and members are not shown any more.
  await go(community, 'messages.removeChatUser', { chat_id: own.chat_id, member_id: access.serviceUserId });
  await go(user, 'messages.getConversations', { count: 10 });
  await go(user, 'messages.removeChatUser', { chat_id, member_id: access.serviceUserId });
  await go(user, 'messages.getConversationsById', { peer_ids: [peer_id] });
  return seen;
}

describe('The sandbox against the schema that VK publishes', () => {
  it('answers every method as the schema describes', async () => {
    const seen = await tour();
    const problems = seen.flatMap(({ method, answer }) => [
      ...('error' in (answer as object) ? [`${method} failed: ${JSON.stringify(answer)}`] : []),
      ...checkResponse(method, answer).map((problem) => `${method}: ${problem}`),
    ]);
    expect(problems).toEqual([]);
    expect(new Set(seen.map(({ method }) => method))).toEqual(new Set(METHODS.keys()));
  });

  it('is asked for nothing that the schema does not know', async () => {
    const problems = (await tour()).flatMap(({ method, values }) => checkRequest(method, onTheWire(values)));
    expect(problems).toEqual([]);
  });

  it('heeds no parameter and no method outside the schema but setMemberRole and user_ids of addChatUsers', () => {
    const unknown = [...METHODS.values()].flatMap(({ name, params }) =>
      name in METHODS_OUTSIDE_SCHEMA
        ? []
        : params.filter((param) =>
            checkRequest(name, { [param]: '' }).includes(`${name} has no parameter ${param}`),
          ),
    );
    expect(unknown).toEqual([]);
    const strangers = [...METHODS.keys()].filter((name) =>
      checkRequest(name, {}).includes(`${name} is no method of the schema`),
    );
    expect(strangers).toEqual([]);
    expect(Object.keys(METHODS_OUTSIDE_SCHEMA)).toEqual(['messages.setMemberRole']);
  });

  it('uses error codes of errors.json and the listed ones of dev.vk.com only', () => {
    const unknown = Object.keys(ERROR_TEXTS)
      .map(Number)
      .filter((code) => !isPublishedErrorCode(code));
    expect(unknown).toEqual(CODES_OUTSIDE_SCHEMA);
  });

  it('shapes its errors as VK does, without the token', async () => {
    const { user, access } = schoolInSandbox();
    const answer = await user('messages.editChat', { chat_id: 5, title: 'x' });
    expect(checkResponse('messages.editChat', answer)).toEqual([]);
    expect(answer.error?.error_code).toBe(927);
    expect(answer.error?.request_params).toEqual([
      { key: 'v', value: '5.199' },
      { key: 'chat_id', value: '5' },
      { key: 'title', value: 'x' },
      { key: 'method', value: 'messages.editChat' },
      { key: 'oauth', value: '1' },
    ]);
    expect(JSON.stringify(answer)).not.toContain(access.userToken);
  });

  it('answers inside execute as it answers alone', async () => {
    const { user } = schoolInSandbox();
    const code = `return [${scriptCall('messages.createChat', { title: 'А' })},${scriptCall('messages.getConversations', {})},${scriptCall('messages.editChat', { chat_id: 9, title: 'Б' })}];`;
    expect(checkRequest('execute', { code, v: '5.199' })).toEqual([]);
    const answer = await user('execute', { code });
    expect(checkResponse('execute', answer)).toEqual([]);
    expect(checkResponse('messages.createChat', { response: answer.response[0] })).toEqual([]);
    expect(checkResponse('messages.getConversations', { response: answer.response[1] })).toEqual([]);
    expect(answer.response[2]).toBe(false);
  });
});

describe('The checker itself', () => {
  it('finds missing, wrong and unknown fields of an answer', () => {
    expect(checkResponse('messages.editChat', { response: 0 })).not.toEqual([]);
    expect(checkResponse('messages.getConversations', { response: { items: [] } })).not.toEqual([]);
    expect(checkResponse('messages.createChat', { response: { chat_id: 1, peers: [] } })).toEqual([
      '/response/peers is unknown',
    ]);
    expect(checkResponse('messages.editChat', { error: { error_msg: 'no code' } })).not.toEqual([]);
  });

  it('finds missing, wrong and unknown parameters of a request', () => {
    expect(checkRequest('messages.getConversationMembers', { peer_id: '1', count: '1001' })).not.toEqual([]);
    expect(checkRequest('messages.editChat', { title: 'x' })).not.toEqual([]);
    expect(checkRequest('messages.createChat', { title: 'x', users: '1' })).not.toEqual([]);
    expect(checkRequest('messages.createChat', { title: 'x', user_ids: '1,two' })).not.toEqual([]);
    expect(checkRequest('calls.forceFinish', { call_id: 'short' })).not.toEqual([]);
    expect(checkRequest('messages.pinWorld', {})).not.toEqual([]);
  });
});
