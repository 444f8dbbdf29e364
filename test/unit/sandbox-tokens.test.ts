import { describe, expect, it } from 'vitest';
import { schoolInSandbox, scriptCall } from '../contract/sandbox-client.ts';

describe('Tokens of the sandbox', () => {
  it.each([
    ['messages.addChatUser', { chat_id: 1, user_id: 5 }],
    ['messages.addChatUsers', { chat_id: 1, user_ids: [5] }],
    ['messages.joinChatByInviteLink', { link: 'https://vk.me/join/x' }],
    ['calls.start', {}],
    ['calls.forceFinish', { call_id: 'x' }],
  ])('of a community may not call %s: 27, alone and inside execute', async (method, params) => {
    const { community } = schoolInSandbox();
    expect((await community(method, params)).error?.error_code).toBe(27);
    const inner = await community('execute', { code: `return [${scriptCall(method, params)}];` });
    expect([inner.response, inner.execute_errors?.[0]?.error_code]).toEqual([[false], 27]);
  });

  it('answer 5 when unknown or revoked, and the school gets new ones', async () => {
    const { world, access, user, as } = schoolInSandbox();
    expect((await as('nonsense')('users.get')).error?.error_code).toBe(5);
    world.revokeToken(access.userToken);
    expect((await user('users.get')).error?.error_code).toBe(5);
    const renewed = world.connectSchool({ communityId: access.communityId });
    expect(renewed.communityToken).toBe(access.communityToken);
    expect((await as(renewed.userToken)('users.get')).response[0].id).toBe(access.serviceUserId);
  });

  it('without the scope of messages answer 15 with subcode 1133', async () => {
    const { world, access, user } = schoolInSandbox();
    world.accounts.tokens.get(access.userToken)!.scopes = [];
    const { error } = await user('messages.getConversations');
    expect([error?.error_code, error?.error_subcode]).toEqual([15, 1133]);
    expect((await user('users.get')).response).toHaveLength(1);
  });

  it('keep 3 requests a second for a user and 20 for a community, in any second', async () => {
    const { clock, user, community } = schoolInSandbox({ paceUserPerSecond: 3, paceCommunityPerSecond: 20 });
    const taken = async (call: typeof user, count: number) => {
      let ran = 0;
      for (let i = 0; i < count; i++)
        ran += (await call('groups.getById', { group_ids: [77] })).response ? 1 : 0;
      return ran;
    };
    expect([await taken(user, 10), await taken(community, 30)]).toEqual([3, 20]);
    clock.ms += 999;
    expect(await taken(user, 1)).toBe(0);
    clock.ms += 1;
    expect(await taken(user, 4)).toBe(3);
  });

  it('are told apart by what they may ask about themselves', async () => {
    const { access, user, community } = schoolInSandbox();
    expect((await user('groups.getTokenPermissions')).error?.error_code).toBe(15);
    expect((await community('groups.getTokenPermissions')).response.permissions).toEqual([
      { name: 'messages', setting: 4096 },
    ]);
    expect((await community('groups.getById')).response.groups[0]).toMatchObject({
      id: 77,
      name: 'Школа № 7',
    });
    expect((await user('users.get')).response[0].id).toBe(access.serviceUserId);
    expect((await community('users.get')).response).toEqual([]);
  });
});

describe('Calls of the sandbox', () => {
  it('have a new link each time and end once', async () => {
    const { world, user } = schoolInSandbox();
    const first = (await user('calls.start')).response;
    const second = (await user('calls.start')).response;
    expect(first.join_link).toMatch(/^https:\/\/vk\.com\/call\/join\/[\w-]{43}$/);
    expect(second.join_link).not.toBe(first.join_link);
    expect(first.call_id).toHaveLength(36);
    expect((await user('calls.forceFinish', { call_id: first.call_id })).response).toBe(1);
    expect((await user('calls.forceFinish', { call_id: first.call_id })).response).toBe(1);
    expect(world.ledger.of('call-finish')).toHaveLength(1);
    expect([...world.calls.values()].map((call) => call.ended)).toEqual([true, false]);
  });
});
