/** The adapter over real HTTP against the sandbox: what the port promises. */
import { describe, expect, test } from 'vitest';
import { bulk, COMMUNITY, event, range, school } from './adapter-school.ts';

describe('Adding mode: the token of a user with «messages»', () => {
  test('a chat is created with its members, those who cannot be added missing, and read back the same', async () => {
    const { account, world, problems, membersOf } = await school();
    const [free, second, closed, asking, far] = [11, 12, 13, 14, 200_000_000_123] as const;
    world.describePerson({ id: closed, adding: 15 });
    world.describePerson({ id: asking, adding: 'asks' });
    const title = '5А "класс" \u2028 </script> \\ 😀 \';return 1;//';
    const { ref, members } = await account.createChat(
      { title, members: [free, second, closed, asking, far] },
      event,
    );
    expect(members).toEqual([free, second, far]);
    expect(membersOf(ref.peerId)).toEqual([free, second, far]);
    expect(world.chatAt(account.ownerId, ref.peerId).title).toBe(title);
    expect(await account.readMembers(ref, event)).toEqual([
      { userId: free, admin: false, waiting: false },
      { userId: second, admin: false, waiting: false },
      { userId: asking, admin: false, waiting: true },
      { userId: far, admin: false, waiting: false },
    ]);
    expect(problems).toEqual([]);
  });

  test('people are added, invited, refused with a reason, removed; what is so already is no error', async () => {
    const { account, world, problems, membersOf } = await school();
    world.describePerson({ id: 13, adding: 981 });
    world.describePerson({ id: 14, adding: 'asks' });
    world.describePerson({ id: 15, status: 'unknown' });
    const { ref } = await account.createChat({ title: 'x', members: [11] }, event);
    expect(await account.addMember(ref, 12, event)).toBe('in');
    expect(await account.addMember(ref, 12, event)).toBe('in');
    expect(await account.addMember(ref, 14, event)).toBe('waiting');
    expect(await account.addMember(ref, 14, event)).toBe('waiting');
    await expect(account.addMember(ref, 13, event)).rejects.toMatchObject({
      kind: 'refused',
      reason: 'privacy',
    });
    await expect(account.addMember(ref, 15, event)).rejects.toMatchObject({ reason: 'unknown-profile' });
    await account.removeMember(ref, 11, event);
    await account.removeMember(ref, 11, event);
    expect(membersOf(ref.peerId)).toEqual([12]);
    expect(problems).toEqual([]);
  });

  test('admins are appointed and dismissed, the chat is renamed, its link is read and renewed', async () => {
    const { account, world, problems } = await school();
    const { ref } = await account.createChat({ title: 'x', members: [11, 12] }, event);
    await account.setAdmin(ref, 11, true, event);
    await account.setAdmin(ref, 12, true, event);
    await account.setAdmin(ref, 12, false, event);
    expect((await account.readMembers(ref, event)).filter((member) => member.admin)).toEqual([
      { userId: 11, admin: true, waiting: false },
    ]);
    await account.renameChat(ref, '6А класс', event);
    expect(world.chatAt(account.ownerId, ref.peerId).title).toBe('6А класс');
    const link = await account.inviteLink(ref, false, event);
    expect(await account.inviteLink(ref, false, event)).toBe(link);
    const renewed = await account.inviteLink(ref, true, event);
    expect(renewed).not.toBe(link);
    expect(world.enterByLink(link, 21)).toBe(false);
    expect(world.enterByLink(renewed, 21)).toBe(true);
    expect(problems).toEqual([]);
  });

  test('a look shows title, people and the number of messages, and nothing that people have pinned', async () => {
    const { account, world, problems } = await school();
    const { ref } = await account.createChat({ title: 'x', members: [11, 12] }, event);
    await account.setAdmin(ref, 11, true, event);
    const chatId = world.chatAt(account.ownerId, ref.peerId).id;
    const { messages } = (await account.look(ref, event))!;
    world.pin(chatId, 12, 'Завтра к "пяти" {собрание}');
    expect(await account.lookAt([ref, { ...ref, peerId: ref.peerId + 1 }], event)).toEqual(
      new Map([
        [
          ref.peerId,
          {
            ...{ titles: ['x'], ownerId: account.ownerId, adminIds: [11], members: 3 },
            messages: messages! + 1,
          },
        ],
      ]),
    );
    expect(problems).toEqual([]);
  });

  test('a chat of 999 is read whole where VK gives 20 unless asked (10)', async () => {
    const { account } = await school();
    const { ref } = await account.createChat({ title: 'x', members: range(999, 1_000) }, event);
    expect(await account.readMembers(ref, event)).toHaveLength(999);
  });

  test('own chats are found by their exact title among many, newest first; not those left or of others', async () => {
    const { account, world, problems } = await school();
    const others = range(450).map((number) =>
      account.createChat({ title: `x ${number}`, members: [] }, bulk),
    );
    const [first] = await Promise.all(others);
    const one = await account.createChat({ title: 'искомый ⟦a1⟧', members: [] }, event);
    const two = await account.createChat({ title: 'искомый ⟦a1⟧', members: [] }, event);
    const left = await account.createChat({ title: 'искомый ⟦a1⟧', members: [] }, event);
    world.leave(world.chatAt(account.ownerId, left.ref.peerId).id, account.ownerId);
    const foreign = world.createChat(5, 'искомый ⟦a1⟧', { method: 'hand', tokenOwner: null });
    world.join(foreign.id, account.ownerId);
    expect(await account.findChats('искомый ⟦a1⟧', event)).toEqual(
      [two, one].map(({ ref }) => ({ ref, titles: ['искомый ⟦a1⟧'], own: true })),
    );
    expect(await account.findChats('искомый', event)).toEqual([]);
    expect(await account.findChats('x 1', event)).toMatchObject([{ ref: first?.ref }]);
    const all = await account.ownChats(event);
    expect(all.map(({ ref }) => ref).slice(0, 2)).toEqual([two.ref, one.ref]);
    expect(all).toHaveLength(452);
    expect(problems).toEqual([]);
  });

  test('a hundred who look for their orphans at once cost two scans of the listing at most', async () => {
    const { account, sandbox } = await school();
    await Promise.all(
      range(100).map((number) => account.createChat({ title: `x ${number}`, members: [] }, bulk)),
    );
    const found = await Promise.all(range(100).map((number) => account.findChats(`x ${number}`, event)));
    expect(found.map((chats) => chats.length)).toEqual(range(100).map(() => 1));
    expect(sandbox.api.stats.calls['messages.getConversations']).toBeLessThanOrEqual(2);
  });

  test('a chat given up bears its new name, is empty of us, and giving it up again is done at once', async () => {
    const { account, world, problems } = await school();
    const { ref } = await account.createChat({ title: 'x', members: [] }, event);
    await account.abandonChat(ref, 'архив', event);
    const chat = world.chatAt(account.ownerId, ref.peerId);
    expect([chat.title, chat.members.size]).toEqual(['архив', 0]);
    await account.abandonChat(ref, 'архив', event);
    expect(await account.findChats('архив', event)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('a call is started with a link and ended, also twice', async () => {
    const { account, world, problems } = await school();
    const { callId, joinLink } = await account.startCall({ priority: 'lesson' });
    expect(joinLink).toMatch(/^http/);
    await account.endCall(callId, { priority: 'lesson' });
    await account.endCall(callId, { priority: 'lesson' });
    expect(world.calls.get(callId)?.ended).toBe(true);
    expect(problems).toEqual([]);
  });

  test('chats that are gone, closed, or not ours to change are lost', async () => {
    const { account, world } = await school();
    const { ref } = await account.createChat({ title: 'x', members: [11] }, event);
    const nowhere = { ...ref, peerId: ref.peerId + 500 };
    await expect(account.readMembers(nowhere, event)).rejects.toMatchObject({ kind: 'chat-lost' });
    world.kick(world.chatAt(account.ownerId, ref.peerId).id, account.ownerId, 11);
    await expect(account.readMembers(ref, event)).rejects.toMatchObject({ kind: 'chat-lost' });
    await expect(account.addMember(ref, 12, event)).rejects.toMatchObject({ kind: 'chat-lost' });
  });
});

describe('Inviting mode: the token of a community', () => {
  test('the chat begins empty, people enter by link, admins are appointed, strangers go', async () => {
    const { inviting, world, problems } = await school();
    const { ref, members } = await inviting.createChat({ title: '5Б', members: [11, 12] }, event);
    expect([ref.ownerId, members]).toEqual([-COMMUNITY, []]);
    const link = await inviting.inviteLink(ref, false, event);
    for (const person of [11, 66]) world.enterByLink(link, person);
    await inviting.setAdmin(ref, 11, true, event);
    await inviting.removeMember(ref, 66, event);
    expect(await inviting.readMembers(ref, event)).toEqual([{ userId: 11, admin: true, waiting: false }]);
    expect(await inviting.findChats('5Б', event)).toEqual([{ ref, titles: ['5Б'], own: true }]);
    expect(problems).toEqual([]);
  });

  test('adding people and calls are not possible, unless a user token makes the calls', async () => {
    const { inviting, gateway, credentials, world } = await school();
    const { ref } = await inviting.createChat({ title: 'x', members: [] }, event);
    await expect(inviting.addMember(ref, 11, event)).rejects.toMatchObject({ kind: 'not-possible' });
    await expect(inviting.startCall(event)).rejects.toMatchObject({ kind: 'not-possible' });
    const calling = gateway.account({ ...credentials.community, callsToken: credentials.user.accessToken });
    const { callId } = await calling.startCall(event);
    expect(world.calls.has(callId)).toBe(true);
  });
});

describe('What a token is', () => {
  test('both kinds describe themselves, and whether calls can be made', async () => {
    const { account, inviting, gateway, credentials, access, problems } = await school();
    expect(await account.describe(event)).toEqual({
      ownerId: access.serviceUserId,
      tokenKind: 'user',
      mayCall: true,
    });
    expect(await inviting.describe(event)).toEqual({
      ownerId: -COMMUNITY,
      tokenKind: 'community',
      mayCall: false,
    });
    const callsToken = credentials.user.accessToken;
    const calling = gateway.account({ ...credentials.community, callsToken });
    expect(await calling.describe(event)).toMatchObject({ ownerId: -COMMUNITY, mayCall: true });
    const wrong = gateway.account({ ...credentials.community, callsToken: 'revoked' });
    expect(await wrong.describe(event)).toMatchObject({ mayCall: false });
    expect(problems).toEqual([]);
  });

  test('a token revoked in the middle is told as such, and its successor goes on (24)', async () => {
    const { account, world, gateway, credentials } = await school();
    const { ref } = await account.createChat({ title: 'x', members: [11] }, event);
    world.revokeToken(credentials.user.accessToken);
    await expect(account.readMembers(ref, event)).rejects.toMatchObject({ kind: 'token' });
    await expect(account.describe(event)).rejects.toMatchObject({ kind: 'token' });
    const { token } = world.token('user', account.ownerId);
    const successor = gateway.account({ ...credentials.user, accessToken: token });
    expect(await successor.readMembers(ref, event)).toHaveLength(1);
  });

  test('a token without the right «messages» is told as such', async () => {
    const { account, world, credentials } = await school();
    const token = world.accounts.tokens.get(credentials.user.accessToken);
    token!.scopes = [];
    await expect(account.createChat({ title: 'x', members: [] }, event)).rejects.toMatchObject({
      kind: 'token',
    });
  });
});
