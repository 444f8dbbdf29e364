/** The adapter over real HTTP against the sandbox: whatever becomes of replies, and VK's own pace. */
import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sferum/sandbox/sandbox.ts';
import { createVkGateway } from '../../src/sferum/vk/vk-gateway.ts';
import { createMemoryPace } from '../support/memory-pace.ts';
import { bulk, clock, event, opened, QUICK, range, school } from './adapter-school.ts';

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
      leadsToSferum: () => true,
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
  test('at 3 requests a second of a user token 450 writes go in 18 requests, never four within a second', async () => {
    const { account, gateway, sandbox, sentAtMs } = await school({
      perSecond: 3,
      limits: { bulkLingerMs: 150 },
    });
    sandbox.world.faults.latencyMs = 100;
    let left = 225;
    const worker = async () => {
      while (left-- > 0) {
        const { ref } = await account.createChat({ title: `chat ${left}`, members: [11, 12] }, bulk);
        await account.setAdmin(ref, 11, true, bulk);
      }
    };
    await Promise.all(range(75).map(worker));
    // Of when they left: when they arrive is the machine's affair too.
    const threeApartMs = sentAtMs.slice(3).map((at, i) => at - sentAtMs[i]!);
    expect(Math.min(...threeApartMs)).toBeGreaterThan(1_000);
    expect(sandbox.api.stats).toMatchObject({ writes: 450 });
    expect(sandbox.api.stats.requestsWithWrites).toBeLessThanOrEqual(Math.floor(1.15 * 18));
    expect(gateway.stats()).toMatchObject({ writeCalls: 450 });
  });
});
