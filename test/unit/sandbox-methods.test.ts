import { describe, expect, it } from 'vitest';
import { schoolInSandbox } from '../contract/sandbox-client.ts';

const PEER = 2_000_000_000;

/** A chat of the service account with two people in it. */
async function withChat() {
  const school = schoolInSandbox();
  const { response } = await school.user('messages.createChat', { title: '5А класс', user_ids: [11, 12] });
  const chat = school.world.chatAt(school.access.serviceUserId, response.chat_id);
  return { ...school, chatId: response.chat_id as number, chat };
}

describe('Chats of the sandbox', () => {
  it('leave out silently who cannot be added on creation', async () => {
    const { world, user } = schoolInSandbox();
    world.describePerson({ id: 2, adding: 902 });
    world.describePerson({ id: 3, status: 'deleted' });
    world.describePerson({ id: 4, status: 'unknown' });
    const { response } = await user('messages.createChat', { title: 'Т', user_ids: [1, 2, 3, 4, 5] });
    expect(response.peer_ids).toEqual([1, 5]);
  });

  it('are created empty by a community, whoever is asked for', async () => {
    const { world, access, community } = schoolInSandbox();
    const { response } = await community('messages.createChat', { title: 'Т', user_ids: [1] });
    expect(response.peer_ids).toEqual([]);
    const chat = world.chatAt(-access.communityId, response.chat_id);
    expect([...chat.members.keys()]).toEqual([-77]);
    expect(chat.ownerId).toBe(-77);
  });

  it('need a title', async () => {
    const { user, community } = schoolInSandbox();
    expect((await user('messages.createChat', { title: '' })).error?.error_code).toBe(100);
    expect((await community('messages.createChat')).error?.error_code).toBe(100);
  });

  it('have ids local to who looks', async () => {
    const { world, user, community, chat, access } = await withChat();
    await community('messages.createChat', { title: 'Чужой' });
    expect((await community('messages.editChat', { chat_id: 1, title: 'Мой' })).response).toBe(1);
    expect(chat.title).toBe('5А класс');
    world.join(chat.id, -access.communityId);
    world.setAdminByHand(chat.id, -access.communityId, true);
    const own = (await user('messages.getConversations')).response.items[0].conversation.peer.id;
    const theirs = (await community('messages.searchConversations', { q: '5а' })).response.items[0].peer.id;
    expect([own, theirs]).toEqual([PEER + 1, PEER + 2]);
  });

  it('post a service message for every rename, the same title included', async () => {
    const { user, chat, chatId } = await withChat();
    await user('messages.editChat', { chat_id: chatId, title: '5А класс' });
    const { items } = (await user('messages.getConversations')).response;
    expect(items[0].last_message.action).toEqual({ type: 'chat_title_update', text: '5А класс' });
    expect(chat.messageCount).toBe(2);
  });

  it('are listed newest message first, a fresh one with chat_create, cleared ones not', async () => {
    const { user, clock } = await withChat();
    clock.ms += 1_000;
    await user('messages.createChat', { title: 'Второй' });
    await user('messages.createChat', { title: 'Третий' });
    await user('messages.addChatUser', { chat_id: 1, user_id: 13 });
    const titles = async (params = {}) =>
      (await user('messages.getConversations', params)).response.items.map(
        (item: { conversation: { chat_settings: { title: string } } }) =>
          item.conversation.chat_settings.title,
      );
    expect(await titles()).toEqual(['5А класс', 'Третий', 'Второй']);
    expect(await titles({ offset: 1, count: 1 })).toEqual(['Третий']);
    const fresh = (await user('messages.getConversations', { offset: 1 })).response.items[0].last_message;
    expect(fresh.action).toEqual({ type: 'chat_create', text: 'Третий' });
    await user('messages.deleteConversation', { peer_id: PEER + 3 });
    expect(await titles()).toEqual(['5А класс', 'Второй']);
  });

  it('stay out of listings for the lag when they are fresh', async () => {
    const { world, user, clock } = await withChat();
    world.faults.listingLagMs = 5_000;
    const count = async () => [
      (await user('messages.getConversations')).response.count,
      (await user('messages.searchConversations', { q: '5а' })).response.count,
      (await user('messages.getConversationsById', { peer_ids: [PEER + 1] })).response.count,
    ];
    expect(await count()).toEqual([0, 0, 1]);
    clock.ms += 5_000;
    expect(await count()).toEqual([1, 1, 1]);
  });

  it('answer 927 when unknown, 917 when the caller was removed, 922 when he left', async () => {
    const { world, user, access, chat } = await withChat();
    expect((await user('messages.getConversationMembers', { peer_id: PEER + 9 })).error?.error_code).toBe(
      927,
    );
    world.leave(chat.id, access.serviceUserId);
    expect((await user('messages.addChatUser', { chat_id: 1, user_id: 20 })).error?.error_code).toBe(922);
    expect((await user('messages.getConversationMembers', { peer_id: PEER + 1 })).error?.error_code).toBe(
      917,
    );
    expect((await user('messages.addChatUser', { chat_id: 1, user_id: access.serviceUserId })).response).toBe(
      1,
    );
    world.kick(chat.id, access.serviceUserId, 11);
    expect((await user('messages.editChat', { chat_id: 1, title: 'x' })).error?.error_code).toBe(917);
    const [conversation] = (await user('messages.getConversationsById', { peer_ids: [PEER + 1] })).response
      .items;
    expect(conversation.chat_settings.state).toBe('kicked');
  });

  it('answer 945 when disabled and 946 when not supported', async () => {
    const { world, user, chat } = await withChat();
    world.setCondition(chat.id, 'disabled');
    expect((await user('messages.addChatUser', { chat_id: 1, user_id: 20 })).error?.error_code).toBe(945);
    world.setCondition(chat.id, 'unsupported');
    expect((await user('messages.editChat', { chat_id: 1, title: 'x' })).error?.error_code).toBe(946);
  });

  it('are entered by a link until it is reset', async () => {
    const { world, community, chat, access } = await withChat();
    world.join(chat.id, -access.communityId);
    expect((await community('messages.getInviteLink', { peer_id: PEER + 1 })).error?.error_code).toBe(919);
    world.setAdminByHand(chat.id, -access.communityId, true);
    const { link } = (await community('messages.getInviteLink', { peer_id: PEER + 1 })).response;
    expect(world.enterByLink(link, 30)).toBe(true);
    await community('messages.getInviteLink', { peer_id: PEER + 1, reset: true });
    expect(world.enterByLink(link, 31)).toBe(false);
    expect(world.memberIds(chat.id)).toContain(30);
    expect(world.memberIds(chat.id)).not.toContain(31);
  });
});

describe('Members of the sandbox', () => {
  it('come 20 at a time unless asked otherwise, false flags left out', async () => {
    const { world, user, chat, access } = await withChat();
    for (let id = 100; id < 130; id++) world.join(chat.id, id);
    const byDefault = (await user('messages.getConversationMembers', { peer_id: PEER + 1 })).response;
    expect([byDefault.count, byDefault.items.length]).toEqual([33, 20]);
    expect(byDefault.items[0]).toMatchObject({
      member_id: access.serviceUserId,
      is_admin: true,
      is_owner: true,
    });
    expect(byDefault.items[1]).toEqual({
      member_id: 11,
      invited_by: access.serviceUserId,
      join_date: Date.UTC(2026, 8, 1) / 1_000,
      can_kick: true,
    });
    const rest = await user('messages.getConversationMembers', {
      peer_id: PEER + 1,
      offset: 20,
      count: 1_000,
    });
    expect(rest.response.items).toHaveLength(13);
    expect(
      (await user('messages.getConversationMembers', { peer_id: PEER + 1, count: 1_001 })).error?.error_code,
    ).toBe(100);
  });

  it('are refused with 15 when already in and with 935 when not in', async () => {
    const { user } = await withChat();
    const again = (await user('messages.addChatUser', { chat_id: 1, user_id: 11 })).error;
    expect([again?.error_code, again?.error_msg]).toEqual([15, 'Access denied: user already in']);
    expect((await user('messages.removeChatUser', { chat_id: 1, member_id: 99 })).error?.error_code).toBe(
      935,
    );
  });

  it.each([15, 18, 902, 936, 947, 967, 981])('are refused with %i as their settings say', async (code) => {
    const { world, user, chat } = await withChat();
    world.describePerson({ id: 20, adding: code });
    expect((await user('messages.addChatUser', { chat_id: 1, user_id: 20 })).error?.error_code).toBe(code);
    expect(world.memberIds(chat.id)).not.toContain(20);
  });

  it('who are asked first answer 939 and are in only when they accept', async () => {
    const { world, user, chat } = await withChat();
    world.describePerson({ id: 20, adding: 'asks' });
    const add = () => user('messages.addChatUser', { chat_id: 1, user_id: 20 });
    expect([(await add()).error?.error_code, (await add()).error?.error_code]).toEqual([939, 939]);
    const listed = async () =>
      (await user('messages.getConversationMembers', { peer_id: PEER + 1 })).response.items.find(
        (item: { member_id: number }) => item.member_id === 20,
      );
    expect(await listed()).toMatchObject({ is_message_request: true });
    expect(world.memberIds(chat.id)).not.toContain(20);
    world.acceptInvitation(chat.id, 20);
    expect(await listed()).not.toHaveProperty('is_message_request');
    expect(world.memberIds(chat.id)).toContain(20);
  });

  it('are 1,000 at most: 103', async () => {
    const { world, user, chat } = await withChat();
    for (let id = 1_000; chat.members.size < 1_000; id++) world.join(chat.id, id);
    expect((await user('messages.addChatUser', { chat_id: 1, user_id: 20 })).error?.error_code).toBe(103);
    expect(chat.members.size).toBe(1_000);
  });

  it('are changed by admins alone: 925', async () => {
    const { world, access, community, chat } = await withChat();
    world.join(chat.id, -access.communityId);
    const refused = await Promise.all([
      community('messages.removeChatUser', { chat_id: 1, member_id: 11 }),
      community('messages.editChat', { chat_id: 1, title: 'x' }),
      community('messages.setMemberRole', { peer_id: PEER + 1, member_id: 11, role: 'admin' }),
    ]);
    expect(refused.map((answer) => answer.error?.error_code)).toEqual([925, 925, 925]);
    expect(
      (await community('messages.getConversationMembers', { peer_id: PEER + 1 })).error?.error_code,
    ).toBe(917);
    expect((await community('messages.getConversationsById', { peer_ids: [PEER + 1] })).response.count).toBe(
      0,
    );
  });

  it('get and lose adminship by setMemberRole', async () => {
    const { user, chat } = await withChat();
    const role = (member_id: number, value: string) =>
      user('messages.setMemberRole', { peer_id: PEER + 1, member_id, role: value });
    await role(11, 'admin');
    expect(chat.members.get(11)?.isAdmin).toBe(true);
    await role(11, 'member');
    expect(chat.members.get(11)?.isAdmin).toBe(false);
    expect((await role(99, 'admin')).error?.error_code).toBe(935);
    expect((await role(11, 'king')).error?.error_code).toBe(100);
  });

  it('may have ids beyond 2^37, and beyond 2^53 nobody is taken for somebody else', async () => {
    const { world, user, chat } = await withChat();
    const code = `return [${['200000000017', '9007199254740993'].map((id) => `API.messages.addChatUser({chat_id: 1, user_id: ${id}})`).join(',')}];`;
    expect((await user('execute', { code })).response).toEqual([1, false]);
    expect(world.memberIds(chat.id).at(-1)).toBe(200_000_000_017);
  });
});
