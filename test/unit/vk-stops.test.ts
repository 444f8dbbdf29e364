/** What stops a token or a method for a time, and what goes on meanwhile. */

import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import type { CallOptions, SferumAccount } from '../../src/sferum/gateway.ts';
import { bench, chat, credentials, endOf, Refusal, requestError, watch } from './vk-fakes.ts';

const event: CallOptions = { priority: 'event' };

const createChat = (account: SferumAccount) => account.createChat({ title: 'x', members: [1, 2] }, event);

test('a revoked token (5) ends everything that waits for it, and another token goes on (24)', async () => {
  const { clock, vk, account, gateway } = bench();
  const other = gateway.account(credentials({ schoolId: 'b', accessToken: 'token-b' }));
  vk.answer = ({ token }) => (token === 'Bearer token-1' ? requestError(5) : undefined);
  const ends = Array.from({ length: 60 }, (_, index) =>
    endOf(account.renameChat(chat(index + 1), 'x', event)),
  );
  const healthy = endOf(other.renameChat(chat(), 'x', event));
  await clock.advance(0);
  expect(new Set(await Promise.all(ends))).toEqual(new Set(['token']));
  expect(await healthy).toBeUndefined();
  expect(vk.requests).toHaveLength(2);
});

test.each([9, 29, 43])(
  'a token over its limits (%i) stands still until its time is over; others go on (17)',
  async (code) => {
    const { clock, vk, account, gateway } = bench();
    vk.answer = ({ token }, number) =>
      token === 'Bearer token-1' && number === 1 ? requestError(code) : undefined;
    const first = account.renameChat(chat(), 'x', event).catch((reason) => reason);
    await clock.advance(0);
    const error = await first;
    expect(error).toMatchObject({ kind: 'slow-down', retryAfterMs: expect.any(Number) });
    const { retryAfterMs } = error as { retryAfterMs: number };

    await clock.advance(MINUTE_MS);
    await expect(account.renameChat(chat(), 'x', event)).rejects.toMatchObject({
      kind: 'slow-down',
      retryAfterMs: retryAfterMs - MINUTE_MS,
    });
    const other = gateway.account(credentials({ schoolId: 'b', accessToken: 'token-b' }));
    const healthy = watch([other.renameChat(chat(), 'x', event)]);
    await clock.advance(1_000);
    expect(healthy[0]?.status).toBe('fulfilled');

    await clock.advance(retryAfterMs);
    const again = watch([account.renameChat(chat(), 'x', event)]);
    await clock.advance(1_000);
    expect(again[0]?.status).toBe('fulfilled');
  },
);

test('a pause that one process meets stops the others as well, before they ask VK', async () => {
  const { clock, vk, account, anotherProcess } = bench();
  vk.answer = () => requestError(29);
  const met = endOf(account.renameChat(chat(), 'x', event));
  await clock.advance(0);
  expect(await met).toBe('slow-down');
  const told = endOf(anotherProcess().renameChat(chat(), 'x', event));
  await clock.advance(0);
  expect(await told).toBe('slow-down');
  expect(vk.requests).toHaveLength(1);
});

test('two processes with one token keep its pace together', async () => {
  const { clock, vk, account, anotherProcess } = bench();
  const accounts = [account, anotherProcess()];
  for (const number of Array.from({ length: 200 }, (_, index) => index + 1)) {
    void accounts[number % 2]!.renameChat(chat(number), 'x', event);
  }
  await clock.advance(10_000);
  const times = vk.requests.map((request) => request.atMs);
  expect(times).toHaveLength(8);
  for (const [index, time] of times.entries()) {
    if (index > 0) expect(time - times[index - 1]!).toBeGreaterThanOrEqual(348);
  }
});

test('a method over its limits is stopped alone: the token goes on with the others', async () => {
  const { clock, vk, account } = bench();
  vk.answerCall = (call) => (call.method === 'messages.addChatUser' ? new Refusal(9) : 1);
  const ends = [1, 2].map((user) => endOf(account.addMember(chat(), user, event)));
  await clock.advance(0);
  expect(await Promise.all(ends)).toEqual(['slow-down', 'slow-down']);
  expect(await endOf(account.addMember(chat(), 3, event))).toBe('slow-down');
  const rename = watch([account.renameChat(chat(), 'x', event)]);
  await clock.advance(1_000);
  expect(rename[0]?.status).toBe('fulfilled');
});

test('a method that does not answer while others do is kept to itself, then stopped for a minute', async () => {
  const { clock, vk, account, logged } = bench({ attempts: 1 });
  vk.answer = ({ calls }) =>
    calls.some((call) => call.method === 'messages.createChat') ? 'hang' : undefined;
  const creations: Promise<unknown>[] = [];
  const renames: (PromiseSettledResult<unknown> | undefined)[][] = [];
  for (let round = 0; round < 4; round++) {
    creations.push(endOf(createChat(account)));
    renames.push(watch([account.renameChat(chat(), 'x', event)]));
    await clock.advance(16_000);
  }
  expect(await Promise.all(creations)).toEqual(['unknown', 'unknown', 'unknown', 'slow-down']);
  // The first rename shared a request with the method that hangs. Later ones do not.
  expect(renames.map((round) => round[0]?.status)).toEqual([
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
  expect(logged.join()).toContain('stopped for a time');

  vk.answer = () => undefined;
  vk.answerCall = () => ({ chat_id: 5, peer_ids: [] });
  await clock.advance(MINUTE_MS);
  const again = watch([createChat(account)]);
  await clock.advance(1_000);
  expect(again[0]?.status).toBe('fulfilled');
});

test('when nothing answers at all no method is stopped: it is the connection, and it may be back at once', async () => {
  const { clock, vk, account } = bench({ attempts: 1 });
  vk.answer = () => 'hang';
  for (let round = 0; round < 5; round++) {
    const end = endOf(account.renameChat(chat(), 'x', event));
    await clock.advance(16_000);
    expect(await end).toBe('unknown');
  }
});
