/**
 * The adapter over real HTTP against the sandbox: what the port promises, whatever becomes of replies. Each
 * request the adapter makes is held against VK's published schema on its way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { CallOptions, SferumCredentials } from '../../src/sferum/gateway.ts';
import { createSandbox } from '../../src/sferum/sandbox/sandbox.ts';
import { methodsOf, parseScript } from '../../src/sferum/sandbox/vkscript.ts';
import type { VkLimits } from '../../src/sferum/vk/limits.ts';
import { createMemoryPace } from '../../src/sferum/vk/pace-memory.ts';
import { createVkGateway } from '../../src/sferum/vk/vk-gateway.ts';
import { checkRequest } from './vk-schema.ts';

const event: CallOptions = { priority: 'event' };
const bulk: CallOptions = { priority: 'bulk' };
const COMMUNITY = 77;
/** Quick retries and a pace that tests do not wait for. */
const QUICK: Partial<VkLimits> = { retryBaseMs: 1, retryCapMs: 4, requestTimeoutMs: 1_000, bulkLingerMs: 5 };
const QUICK_PER_SECOND = 1_000;

const clock = {
  now: Date.now,
  sleep: (ms: number, signal?: AbortSignal): Promise<void> => sleep(ms, undefined, signal && { signal }),
};

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

/** A number generator that repeats, so that a failing run can be had again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function school(options: { perSecond?: number; seed?: number; limits?: Partial<VkLimits> } = {}) {
  const perSecond = options.perSecond ?? QUICK_PER_SECOND;
  const isQuick = perSecond === QUICK_PER_SECOND;
  const random = seeded(options.seed ?? 1);
  const sandbox = createSandbox({
    now: Date.now,
    random,
    ...(isQuick && {
      paceUserPerSecond: Number.POSITIVE_INFINITY,
      paceCommunityPerSecond: Number.POSITIVE_INFINITY,
    }),
  });
  const { url } = await sandbox.listen();
  const { world } = sandbox;
  const access = world.connectSchool({ communityId: COMMUNITY });
  const problems: string[] = [];
  const checkedFetch = (async (input: string, init: RequestInit) => {
    const params = Object.fromEntries(new URLSearchParams(init.body as URLSearchParams));
    problems.push(...checkRequest('execute', params), ...checkBatch(params.code ?? ''));
    return fetch(input, init);
  }) as typeof fetch;
  const gateway = createVkGateway({
    baseUrl: url,
    fetch: checkedFetch,
    pace: createMemoryPace(Date.now),
    clock,
    random,
    limits: { ...QUICK, ...options.limits },
  });
  opened.push(gateway, { [Symbol.asyncDispose]: () => sandbox.close() });
  const user: SferumCredentials = {
    schoolId: 'school',
    communityId: COMMUNITY,
    ownerId: access.serviceUserId,
    accessToken: access.userToken,
    tokenKind: 'user',
    callsToken: null,
    requestsPerSecond: perSecond,
  };
  const community: SferumCredentials = {
    ...user,
    schoolId: 'inviting',
    ownerId: -COMMUNITY,
    accessToken: access.communityToken,
    tokenKind: 'community',
  };
  return {
    sandbox,
    world,
    access,
    gateway,
    problems,
    credentials: { user, community },
    account: gateway.account(user),
    inviting: gateway.account(community),
    /** Who is in a chat of the user's account, but himself. */
    membersOf: (peerId: number) =>
      world
        .memberIds(world.chatAt(access.serviceUserId, peerId).id)
        .filter((id) => id !== access.serviceUserId),
  };
}

function checkBatch(code: string): string[] {
  const script = parseScript(code);
  if (script.type !== 'array') return ['a batch is an array of calls'];
  const problems = script.items.flatMap((item) =>
    item.type === 'call'
      ? checkRequest(item.method, item.params)
      : ['a batch holds something else than calls'],
  );
  return methodsOf(script).length > 25 ? [...problems, 'a batch holds too many calls'] : problems;
}

const range = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

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
      [two, one].map(({ ref }) => ({ ref, title: 'искомый ⟦a1⟧', own: true })),
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
    expect(await inviting.findChats('5Б', event)).toEqual([{ ref, title: '5Б', own: true }]);
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

describe('Replies that are lost', () => {
  /** Everything the port can write that may be repeated, and what then is true of the world. */
  test.each([
    'applyThenReset',
    'applyThenHang',
    'applyThenHttp502',
    'applyThenError10',
    'reset',
    'error10',
  ] as const)(
    'after %s every repeatable write is done once in effect, and reads give what is so',
    async (fault) => {
      const { account, world, membersOf } = await school();
      const { ref } = await account.createChat({ title: 'x', members: [11, 12] }, event);
      const strike = (method: string) => world.faults.once(method, fault);
      strike('messages.addChatUser');
      expect(await account.addMember(ref, 13, event)).toBe('in');
      strike('messages.removeChatUser');
      await account.removeMember(ref, 12, event);
      expect(membersOf(ref.peerId)).toEqual([11, 13]);
      strike('messages.setMemberRole');
      await account.setAdmin(ref, 11, true, event);
      strike('messages.editChat');
      await account.renameChat(ref, 'y', event);
      strike('messages.getInviteLink');
      expect(await account.inviteLink(ref, false, event)).toMatch(/join/);
      strike('messages.getConversationMembers');
      expect(await account.readMembers(ref, event)).toEqual([
        { userId: 11, admin: true, waiting: false },
        { userId: 13, admin: false, waiting: false },
      ]);
      strike('messages.getConversations');
      expect(await account.findChats('y', event)).toHaveLength(1);
      strike('users.get');
      expect(await account.describe(event)).toMatchObject({ tokenKind: 'user' });
      for (const method of ['messages.deleteConversation', 'messages.removeChatUser']) strike(method);
      await account.abandonChat(ref, 'z', event);
      expect(world.memberIds(world.chatAt(account.ownerId, ref.peerId).id)).not.toContain(account.ownerId);
      expect(world.faults.pending()).toBe(0);
    },
  );

  test.each(['applyThenReset', 'applyThenHang', 'applyThenHttp502', 'applyThenError10'] as const)(
    'after %s a creation is unknown, made once, and found by its title (V2, 1)',
    async (fault) => {
      const { account, world } = await school();
      world.faults.once('messages.createChat', fault);
      await expect(account.createChat({ title: 'x ⟦m⟧', members: [11] }, event)).rejects.toMatchObject({
        kind: 'unknown',
      });
      world.faults.once('calls.start', fault);
      await expect(account.startCall(event)).rejects.toMatchObject({ kind: 'unknown' });
      expect([world.chats.size, world.calls.size]).toEqual([1, 1]);
      const [orphan] = await account.findChats('x ⟦m⟧', event);
      expect(await account.readMembers(orphan!.ref, event)).toMatchObject([{ userId: 11 }]);
    },
  );

  test('of a batch that broke off in the middle no creation is repeated and every other write is done', async () => {
    for (const fault of ['partThenError13', 'partThenReset', 'partThenError10'] as const) {
      const { account, world, membersOf } = await school();
      const { ref } = await account.createChat({ title: 'x', members: [] }, event);
      world.faults.once('messages.addChatUser', fault);
      const creations = range(5).map((number) =>
        account.createChat({ title: `n ${number}`, members: [] }, bulk),
      );
      const additions = range(20).map((person) => account.addMember(ref, person, bulk));
      const created = await Promise.allSettled(creations);
      expect(await Promise.all(additions)).toEqual(range(20).map(() => 'in'));
      expect(membersOf(ref.peerId).toSorted((one, other) => one - other)).toEqual(range(20));
      expect(created.map((one) => one.status === 'rejected' && one.reason.kind)).toEqual(
        range(5).map(() => 'unknown'),
      );
      const titles = [...world.chats.values()].map((chat) => chat.title);
      expect(new Set(titles).size).toBe(titles.length);
    }
  });

  test('refusals in a batch go to the calls they belong to, with and without the extra entry', async () => {
    for (const trailingErrorRate of [0, 1]) {
      const { account, world } = await school();
      const { ref } = await account.createChat({ title: 'x', members: [] }, event);
      world.faults.trailingErrorRate = trailingErrorRate;
      const codes = [936, 15, 947, 981];
      const people = range(25);
      for (const person of people) {
        if (person % 3 === 0) world.describePerson({ id: person, adding: codes[person % codes.length]! });
      }
      const ends = await Promise.all(
        people.map((person) =>
          account.addMember(ref, person, bulk).catch((error: { code: number }) => error.code),
        ),
      );
      expect(ends).toEqual(people.map((person) => (person % 3 === 0 ? codes[person % codes.length] : 'in')));
    }
  });

  test('a server that is not there has run nothing; one that comes back is used again', async () => {
    const { gateway } = await school();
    const closed = await createSandbox({ now: Date.now, random: Math.random }).listen();
    await closed.close();
    const nowhere = createVkGateway({
      baseUrl: closed.url,
      pace: createMemoryPace(Date.now),
      clock,
      random: Math.random,
      limits: QUICK,
    });
    opened.push(nowhere);
    const { user } = (await school()).credentials;
    await expect(nowhere.account(user).createChat({ title: 'x', members: [] }, event)).rejects.toMatchObject({
      kind: 'never-ran',
    });
    expect(gateway.stats().tooFast).toBe(0);
  });

  test('with 15 % of replies lost, 5 % 502 and 5 % error 10, 200 chats exist once with everybody in', async () => {
    const { account, world, sandbox, gateway, membersOf } = await school({ seed: 20_261_101 });
    world.faults.rates = { lostReply: 0.15, http502: 0.05, error10: 0.05 };
    /** A creation in the way the engine does it: unknown → look, adopt; else again. */
    const create = async (title: string, members: number[]) => {
      for (;;) {
        try {
          return (await account.createChat({ title, members }, bulk)).ref;
        } catch {
          const found = await account.findChats(title, bulk).catch(() => []);
          if (found[0]) return found[0].ref;
        }
      }
    };
    const untilDone = async (attempt: () => Promise<unknown>): Promise<void> => {
      while (
        !(await attempt().then(
          () => true,
          () => false,
        ))
      );
    };
    const peers = await Promise.all(
      range(200).map(async (number) => {
        const ref = await create(`chat ${number}`, [number, 1_000]);
        await untilDone(() => account.addMember(ref, 2_000, bulk));
        await untilDone(() => account.setAdmin(ref, 1_000, true, bulk));
        await untilDone(() => account.removeMember(ref, number, bulk));
        return ref.peerId;
      }),
    );
    const titles = [...world.chats.values()].map((chat) => chat.title);
    expect(new Set(titles).size).toBe(200);
    expect(titles).toHaveLength(200);
    // Faults did strike: some calls were made more than once.
    expect(sandbox.api.stats.writes).toBeGreaterThan(800);
    expect(gateway.stats().calls).toBeGreaterThan(800);
    for (const peerId of peers) expect(membersOf(peerId)).toEqual([1_000, 2_000]);
  });
});

describe("VK's own pace", () => {
  test('at 3 requests a second of a user token 450 writes go in 18 requests and none is refused', async () => {
    const { account, gateway, sandbox } = await school({ perSecond: 3, limits: { bulkLingerMs: 150 } });
    sandbox.world.faults.latencyMs = 100;
    let left = 225;
    const worker = async () => {
      while (left-- > 0) {
        const { ref } = await account.createChat({ title: `chat ${left}`, members: [11, 12] }, bulk);
        await account.setAdmin(ref, 11, true, bulk);
      }
    };
    await Promise.all(range(75).map(worker));
    expect(sandbox.api.stats).toMatchObject({ writes: 450, tooFast: 0 });
    expect(sandbox.api.stats.requestsWithWrites).toBeLessThanOrEqual(Math.floor(1.15 * 18));
    expect(gateway.stats()).toMatchObject({ writeCalls: 450, tooFast: 0 });
  });
});
