import { expect, test } from 'vitest';
import type { CallOptions, Priority } from '../../src/sferum/gateway.ts';
import { bench, chat, credentials, endOf, OWNER, watch } from './vk-fakes.ts';

const at = (priority: Priority, more: Partial<CallOptions> = {}): CallOptions => ({ priority, ...more });
const bulk = at('bulk');
const SLOT_MS = 348;
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const members = (count: number) => ({
  count,
  items: range(count).map((id) => ({ member_id: id })),
});

test('a lone urgent call goes at once, and nobody waits for a batch at rest (rule 6)', async () => {
  for (const priority of ['lesson', 'person', 'event'] as const) {
    const { clock, vk, account } = bench();
    const ended = watch([account.renameChat(chat(), 'x', at(priority))]);
    await clock.advance(0);
    expect(vk.methods).toEqual([['editChat']]);
    expect(ended[0]?.status).toBe('fulfilled');
  }
});

test('a lone bulk call waits 150 ms for company, a full batch does not wait', async () => {
  const lone = bench();
  void lone.account.renameChat(chat(), 'x', bulk);
  await lone.clock.advance(149);
  expect(lone.vk.methods).toEqual([]);
  await lone.clock.advance(1);
  expect(lone.vk.methods).toEqual([['editChat']]);

  const full = bench();
  for (const number of range(25)) void full.account.renameChat(chat(number), 'x', bulk);
  await full.clock.advance(0);
  expect(full.vk.methods.map((methods) => methods.length)).toEqual([25]);
});

test('while an answer is under way bulk calls wait for what it brings, but not beyond 2 s', async () => {
  const { clock, vk, account } = bench();
  vk.latencyMs = 10_000;
  void account.renameChat(chat(), 'x', at('event'));
  await clock.advance(0);
  void account.renameChat(chat(2), 'x', bulk);
  await clock.advance(1_999);
  expect(vk.requests).toHaveLength(1);
  await clock.advance(1);
  expect(vk.requests).toHaveLength(2);
});

test('requests of a token stay a slot apart, also when the process was late for one', async () => {
  const { clock, vk, account } = bench();
  for (const number of range(120)) void account.renameChat(chat(number), 'x', at('event'));
  await clock.advance(5_000);
  const times = vk.requests.map((request) => request.atMs);
  expect(times).toHaveLength(5);
  for (const [index, time] of times.entries()) {
    if (index > 0) expect(time - times[index - 1]!).toBeGreaterThanOrEqual(SLOT_MS);
  }
  expect(times.at(-1)! - times[0]!).toBe(4 * SLOT_MS);
});

test('several requests of one token are under way at once where VK is slower than the pace', async () => {
  const { clock, vk, account } = bench();
  vk.latencyMs = 1_000;
  const ended = watch(range(75).map((number) => account.renameChat(chat(number), 'x', bulk)));
  await clock.advance(2 * SLOT_MS);
  expect(vk.requests).toHaveLength(3);
  expect(ended.filter(Boolean)).toHaveLength(0);
});

test('at a slot the urgent go first in their order, and bulk fills what is left', async () => {
  const { clock, vk, account } = bench();
  void account.renameChat(chat(), 'first', at('lesson'));
  await clock.advance(0);
  for (const number of range(30)) void account.renameChat(chat(number), 'bulk', bulk);
  void account.renameChat(chat(), 'event', at('event'));
  void account.renameChat(chat(), 'person', at('person'));
  void account.renameChat(chat(), 'lesson', at('lesson'));
  await clock.advance(SLOT_MS);
  const titles = vk.requests[1]?.calls.map((call) => call.params.title);
  expect(titles?.slice(0, 4)).toEqual(['lesson', 'person', 'event', 'bulk']);
  expect(titles).toHaveLength(25);
});

test('a stream of urgent calls does not starve bulk: after 5 s it has a share of every request', async () => {
  const { clock, vk, account } = bench();
  const reading = watch([account.readMembers(chat(), bulk)]);
  vk.answerCall = (call) => (call.method.endsWith('Members') ? members(3) : 1);
  for (let slot = 0; slot < 20; slot++) {
    for (const number of range(25)) void account.renameChat(chat(number), 'x', at('event'));
    await clock.advance(SLOT_MS);
  }
  expect(reading[0]?.status).toBe('fulfilled');
});

test('bulk writes and reads travel apart, and take turns while both wait', async () => {
  const { clock, vk, account } = bench();
  vk.answerCall = (call) => (call.method.endsWith('Members') ? members(2) : 1);
  const jobs: Promise<unknown>[] = [
    ...range(100).map((number) => account.renameChat(chat(number), 'x', bulk)),
    ...range(100).map((number) => account.readMembers(chat(number), bulk)),
  ];
  const ended = watch(jobs);
  await clock.advance(8 * SLOT_MS);
  expect(ended.filter((one) => one?.status === 'fulfilled')).toHaveLength(200);
  const kinds = vk.methods.map((methods) => [...new Set(methods)].join('+'));
  expect(kinds).toHaveLength(8);
  expect(kinds.filter((kind) => kind === 'editChat')).toHaveLength(4);
  expect(kinds.filter((kind) => kind === 'getConversationMembers')).toHaveLength(4);
  expect(kinds.slice(0, 2).toSorted()).toEqual(['editChat', 'getConversationMembers']);
});

test('reads that confirm writes fill their requests too, and no slot is lost to it', async () => {
  const { clock, vk, account, gateway } = bench();
  vk.latencyMs = 20;
  vk.answerCall = (call) =>
    call.method.endsWith('Members')
      ? members(2)
      : call.method.endsWith('createChat')
        ? { chat_id: 7, peer_ids: [] }
        : 1;
  let left = 500;
  const worker = async () => {
    while (left-- > 0) {
      const { ref } = await account.createChat({ title: 'x', members: [] }, bulk);
      await account.setAdmin(ref, 5, true, bulk);
      await account.readMembers(ref, bulk);
      await clock.sleep(50);
    }
  };
  const ended = watch(range(75).map(worker));
  const leastRequests = 1_500 / 25;
  await clock.advance(1.05 * leastRequests * SLOT_MS);
  expect(ended.filter((one) => one?.status === 'fulfilled')).toHaveLength(75);
  expect(gateway.stats()).toMatchObject({ calls: 1_500, requests: leastRequests, requestsWithWrites: 40 });
});

test('jobs that read and then write, 100 at a time, pack their writes as the issue of packing asks', async () => {
  const { clock, vk, account, gateway } = bench();
  vk.latencyMs = 200;
  vk.answerCall = (call) =>
    call.method.endsWith('Members')
      ? members(2)
      : call.method.endsWith('createChat')
        ? { chat_id: 7, peer_ids: [] }
        : 1;
  let left = 500;
  const worker = async () => {
    while (left-- > 0) {
      await account.readMembers(chat(), bulk);
      const { ref } = await account.createChat({ title: 'x', members: [] }, bulk);
      await account.setAdmin(ref, 5, true, bulk);
    }
  };
  const ended = watch(range(100).map(worker));
  await clock.advance(120_000);
  expect(ended.filter((one) => one?.status === 'fulfilled')).toHaveLength(100);
  const { writeCalls, requestsWithWrites, tooFast } = gateway.stats();
  expect(writeCalls).toBe(1_000);
  expect(tooFast).toBe(0);
  expect(requestsWithWrites).toBeLessThanOrEqual(1.15 * Math.ceil(writeCalls / 25));
});

test('schools with the same token share one pace and one batch; another token has its own', async () => {
  const { clock, vk, gateway } = bench();
  const one = gateway.account(credentials());
  const same = gateway.account(credentials({ schoolId: 'school-2' }));
  const other = gateway.account(credentials({ schoolId: 'school-3', accessToken: 'token-3' }));
  for (const account of [one, same, other]) {
    for (const number of range(10)) void account.renameChat(chat(number), 'x', bulk);
  }
  await clock.advance(SLOT_MS);
  expect(vk.requests.map((request) => [request.token, request.calls.length])).toEqual([
    ['Bearer token-1', 20],
    ['Bearer token-3', 10],
  ]);
  expect(gateway.account(credentials())).toBe(one);
  expect(gateway.account(credentials({ accessToken: 'token-new' }))).not.toBe(one);
});

test('long titles split a batch before the program grows too long; a call too long by itself is a defect', async () => {
  const { clock, vk, account } = bench();
  const long = 'я'.repeat(10_000);
  const ended = watch(range(6).map((number) => account.renameChat(chat(number), long, at('event'))));
  await clock.advance(3 * SLOT_MS);
  expect(ended.filter((one) => one?.status === 'fulfilled')).toHaveLength(6);
  expect(vk.methods.map((methods) => methods.length)).toEqual([2, 2, 2]);
  expect(await endOf(account.renameChat(chat(), 'x'.repeat(1_000_000), at('event')))).toBe('defect');
});

test('pages of conversations are few to a request, so that the answer stays below 5 MB', async () => {
  const { clock, vk, account } = bench();
  const conversation = (id: number) => ({ conversation: { peer: { id } } });
  vk.answerCall = (call) => {
    const offset = Number(call.params.offset);
    return { count: 2_000, items: range(200).map((index) => conversation(offset + index)) };
  };
  const ended = watch([account.findChats('x', at('bulk'))]);
  await clock.advance(10 * SLOT_MS);
  expect(ended[0]).toEqual({ status: 'fulfilled', value: [] });
  expect(vk.methods.map((methods) => methods.length)).toEqual([1, 4, 4, 1, 1]);
});

test('who gives up a look that waits for a slot with others leaves at once, and the others get theirs', async () => {
  const { clock, vk, account } = bench();
  vk.latencyMs = 10_000;
  const settings = { owner_id: OWNER, title: 'Б', state: 'in' };
  vk.answerCall = () => ({
    items: [{ peer: { id: chat(2).peerId, type: 'chat' }, chat_settings: settings }],
  });
  void account.renameChat(chat(), 'x', at('event'));
  await clock.advance(0);
  const urgent = new AbortController();
  const gone = endOf(account.look(chat(1), at('bulk', { signal: urgent.signal })));
  const stays = account.look(chat(2), bulk);
  await clock.advance(1_000);
  urgent.abort();
  expect(await Promise.race([gone, clock.advance(0)])).toBe('never-ran');
  expect(vk.requests).toHaveLength(1);
  await clock.advance(30_000);
  expect(await stays).toMatchObject({ ownerId: OWNER });
});
