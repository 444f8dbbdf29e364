/** What becomes of calls that VK sends back, that nobody wants any more, or that still wait at the end. */
import { expect, test } from 'vitest';
import type { CallOptions, Priority } from '../../src/sferum/gateway.ts';
import { bench, chat, endOf, Refusal, watch } from './vk-fakes.ts';

const at = (priority: Priority, more: Partial<CallOptions> = {}): CallOptions => ({ priority, ...more });
const bulk = at('bulk');
const SLOT_MS = 348;
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('error 6 costs no attempt: the same calls go again in the same order and nobody learns of it (17)', async () => {
  const { clock, vk, account, gateway } = bench();
  vk.answer = (_, number) => (number <= 8 ? { error: { error_code: 6, error_msg: '' } } : undefined);
  vk.answerCall = () => ({ chat_id: 5, peer_ids: [] });
  const titles = range(25).map(String);
  const ended = watch(titles.map((title) => account.createChat({ title, members: [] }, bulk)));
  await clock.advance(10 * SLOT_MS);
  expect(ended.filter((one) => one?.status === 'fulfilled')).toHaveLength(25);
  expect(vk.requests.at(-1)?.calls.map((call) => call.params.title)).toEqual(titles);
  expect(gateway.stats()).toMatchObject({ requests: 9, tooFast: 8, calls: 25, writeCalls: 25 });
});

test('error 6 of one inner call sends that call again, not its neighbours', async () => {
  const { clock, vk, account } = bench();
  let refusals = 1;
  vk.answerCall = (call) => (call.params.title === 'b' && refusals-- > 0 ? new Refusal(6) : 1);
  const ended = watch(['a', 'b', 'c'].map((title) => account.renameChat(chat(), title, at('event'))));
  await clock.advance(SLOT_MS);
  expect(ended.map((one) => one?.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect(vk.requests.map((request) => request.calls.map((call) => call.params.title).join())).toEqual([
    'a,b,c',
    'b',
  ]);
});

test('VK that refuses the pace without end gives calls back as never run', async () => {
  const { clock, vk, account } = bench({ tooFastRounds: 3, attempts: 1 });
  vk.answer = () => ({ error: { error_code: 6, error_msg: '' } });
  const end = endOf(account.renameChat(chat(), 'x', at('event')));
  await clock.advance(5 * SLOT_MS);
  expect(await end).toBe('never-ran');
  expect(vk.requests).toHaveLength(4);
});

test('a call that waits is dropped when its caller gives up; one that is sent is awaited', async () => {
  const { clock, vk, account } = bench();
  vk.latencyMs = 100;
  const giveUp = new AbortController();
  const sent = endOf(account.renameChat(chat(1), 'sent', at('event', { signal: giveUp.signal })));
  await clock.advance(0);
  const waiting = endOf(account.renameChat(chat(2), 'waiting', at('event', { signal: giveUp.signal })));
  await clock.advance(10);
  giveUp.abort();
  expect(await waiting).toBe('never-ran');
  await clock.advance(SLOT_MS);
  expect(await sent).toBeUndefined();
  expect(await endOf(account.renameChat(chat(3), 'late', at('event', { signal: giveUp.signal })))).toBe(
    'never-ran',
  );
  expect(vk.requests).toHaveLength(1);
});

test('a call is not sent after the instant its caller set, and is counted each time it goes out', async () => {
  const { clock, vk, account } = bench();
  vk.answerCall = () => ({ chat_id: 5, peer_ids: [] });
  let sent = 0;
  const onSent = () => sent++;
  void account.createChat({ title: 'first', members: [] }, at('event', { onSent }));
  await clock.advance(10);
  const late = account.createChat(
    { title: 'late', members: [] },
    at('event', { onSent, notAfterMs: clock.now() + 100 }),
  );
  const end = endOf(late);
  await clock.advance(10 * SLOT_MS);
  expect(await end).toBe('never-ran');
  expect(vk.requests).toHaveLength(1);
  expect(sent).toBe(1);
});

test('closing lets go of what waits as never run and awaits what is under way, within bounds', async () => {
  const { clock, vk, account, gateway } = bench({ closeMs: 2_000 });
  vk.latencyMs = 1_000;
  const sent = endOf(account.createChat({ title: 'x', members: [] }, at('event')));
  vk.answerCall = () => ({ chat_id: 5, peer_ids: [] });
  await clock.advance(0);
  const waiting = endOf(account.createChat({ title: 'y', members: [] }, bulk));
  let closed = false;
  const closing = Promise.resolve(gateway[Symbol.asyncDispose]()).then(() => {
    closed = true;
  });
  expect(await waiting).toBe('never-ran');
  await clock.advance(500);
  expect(closed).toBe(false);
  await clock.advance(500);
  await closing;
  expect(await sent).toMatchObject({ ref: { peerId: 2_000_000_005 } });
  expect(await endOf(account.renameChat(chat(), 'x', at('lesson')))).toBe('never-ran');

  const stuck = bench({ closeMs: 2_000 });
  stuck.vk.answer = () => 'hang';
  void endOf(stuck.account.renameChat(chat(), 'x', at('event')));
  await stuck.clock.advance(0);
  const bounded = watch([Promise.resolve(stuck.gateway[Symbol.asyncDispose]())]);
  await stuck.clock.advance(2_000);
  expect(bounded[0]?.status).toBe('fulfilled');
});
