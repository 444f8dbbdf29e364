import { describe, expect, it } from 'vitest';
import { schoolInSandbox, scriptCall } from '../contract/sandbox-client.ts';

const create = (title: string) => scriptCall('messages.createChat', { title });

describe('execute in the sandbox', () => {
  it('runs 25 calls as one request against the pace', async () => {
    const { sandbox, user } = schoolInSandbox({ paceUserPerSecond: 3 });
    const code = `return [${Array.from({ length: 25 }, (_, i) => create(`Чат ${i}`)).join(',')}];`;
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await user('execute', { code }));
    expect(answers.flatMap((answer) => answer.response)).toHaveLength(75);
    expect((await user('execute', { code })).error?.error_code).toBe(6);
    expect(sandbox.world.chats.size).toBe(75);
    expect(sandbox.api.stats).toMatchObject({ requests: 4, requestsWithWrites: 3, writes: 75, tooFast: 1 });
  });

  it('stops at the 26th call with error 13, the first 25 done', async () => {
    const { world, user } = schoolInSandbox();
    const code = `return [${Array.from({ length: 26 }, (_, i) => create(`Чат ${i}`)).join(',')}];`;
    expect((await user('execute', { code })).error?.error_code).toBe(13);
    expect(world.chats.size).toBe(25);
  });

  it('runs nothing of a program that does not compile', async () => {
    const { world, user } = schoolInSandbox();
    expect((await user('execute', { code: `return [${create('А')}, oops];` })).error?.error_code).toBe(12);
    expect(world.chats.size).toBe(0);
  });

  it('gives false and an entry in call order for each call that failed', async () => {
    const { user } = schoolInSandbox();
    const code = `return [${scriptCall('messages.editChat', { chat_id: 9, title: 'x' })},{"tag":${create('А')}},${scriptCall('calls.nothing', {})}];`;
    const answer = await user('execute', { code });
    expect(answer.response).toEqual([false, { tag: { chat_id: 1, peer_ids: [] } }, false]);
    expect(answer.execute_errors?.map(({ method, error_code }) => [method, error_code])).toEqual([
      ['messages.editChat', 927],
      ['calls.nothing', 3],
    ]);
  });

  it('repeats the last error as an entry of execute when told to', async () => {
    const { world, user } = schoolInSandbox();
    world.faults.trailingErrorRate = 1;
    const code = `return [${scriptCall('messages.editChat', { chat_id: 9, title: 'x' })}];`;
    const answer = await user('execute', { code });
    expect(answer.response).toEqual([false]);
    expect(answer.execute_errors).toEqual([
      { method: 'messages.editChat', error_code: 927, error_msg: 'Chat does not exist' },
      { method: 'execute', error_code: 927, error_msg: 'Chat does not exist' },
    ]);
  });

  it('refuses answers over 5 MB with error 13, the work done', async () => {
    const { world, user } = schoolInSandbox();
    const title = 'я'.repeat(30_000);
    for (let i = 0; i < 10; i++)
      world.createChat(world.accounts.tokens.values().next().value!.ownerId, title, {
        method: 'test',
        tokenOwner: null,
      });
    const listing = scriptCall('messages.getConversations', { count: 200 });
    const code = `return [${create('Новый')},${Array(10).fill(listing).join(',')}];`;
    expect((await user('execute', { code })).error?.error_msg).toContain('response size is too big');
    expect(world.chats.size).toBe(11);
  });

  it('hands a refusal set for one method to the inner call alone', async () => {
    const { world, user } = schoolInSandbox();
    world.faults.once('messages.createChat', 9);
    const answer = await user('execute', { code: `return [${create('А')},${create('Б')}];` });
    expect(answer.response).toEqual([false, { chat_id: 1, peer_ids: [] }]);
    expect(answer.execute_errors?.[0]?.error_code).toBe(9);
  });

  it('breaks off partly with error 10 when told to', async () => {
    const { world, user } = schoolInSandbox();
    world.faults.once('execute', 'partThenError10');
    const code = `return [${Array.from({ length: 10 }, (_, i) => create(`Чат ${i}`)).join(',')}];`;
    expect((await user('execute', { code })).error?.error_code).toBe(10);
    expect(world.chats.size).toBe(5);
  });

  it('does 25 calls in a world of a big school in a few milliseconds', async () => {
    const { world, access, user } = schoolInSandbox();
    const cause = { method: 'test', tokenOwner: null };
    for (let i = 0; i < 2_700; i++) {
      const chat = world.createChat(access.serviceUserId, `Чат ${i}`, cause);
      for (let j = 1; j <= 26; j++)
        world.addMember(chat, ((i * 7 + j) % 4_000) + 1, access.serviceUserId, cause, true);
    }
    const batch = (round: number) =>
      `return [${Array.from({ length: 25 }, (_, i) => scriptCall('messages.addChatUser', { chat_id: round * 25 + i + 1, user_id: 500_000 })).join(',')}];`;
    const tookMs: number[] = [];
    for (let round = 0; round < 50; round++) {
      const startedAt = performance.now();
      const answer = await user('execute', { code: batch(round) });
      tookMs.push(performance.now() - startedAt);
      expect(answer.response).toEqual(Array(25).fill(1));
    }
    // The median, because a shared machine has slow moments. On an idle one it is well under 1 ms.
    expect(tookMs.sort((a, b) => a - b)[25]).toBeLessThan(10);
  });
});
