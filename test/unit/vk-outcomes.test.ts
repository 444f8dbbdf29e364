import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import type { CallOptions, SferumAccount } from '../../src/sferum/gateway.ts';
import { bench, chat, connectionError, endOf, OWNER, requestError, watch } from './vk-fakes.ts';

const event: CallOptions = { priority: 'event' };
const bulk: CallOptions = { priority: 'bulk' };
const html = () => new Response('<html>502 Bad Gateway</html>', { status: 502 });

/** Ways in which a request ends without telling what has happened. */
const UNCLEAR: [string, () => unknown][] = [
  ['502 with a page', html],
  ['a page with status 200', () => new Response('<html>', { status: 200 })],
  ['JSON that is no answer', () => ({ hello: 1 })],
  ['JSON that is no object', () => 7],
  ['a reset connection', () => connectionError('ECONNRESET')],
  ['a closed socket', () => connectionError('UND_ERR_SOCKET')],
  ['no answer in time', () => 'hang'],
  ...[1, 10, 13, 36].map((code): [string, () => unknown] => [`error ${code}`, () => requestError(code)]),
];

const createChat = (account: SferumAccount) => account.createChat({ title: 'x', members: [1, 2] }, event);

test.each(UNCLEAR)('%s leaves creations unknown and never repeats them (V2)', async (_, answer) => {
  const startCall = (account: SferumAccount) => account.startCall(event);
  for (const create of [createChat, startCall] as ((account: SferumAccount) => Promise<unknown>)[]) {
    const { clock, vk, account } = bench();
    vk.answer = answer;
    const end = endOf(create(account));
    await clock.advance(MINUTE_MS);
    expect(await end).toBe('unknown');
    expect(vk.requests).toHaveLength(1);
  }
});

test.each(UNCLEAR)(
  'after %s reads and writes whose repetition changes nothing are tried again',
  async (_, answer) => {
    const tries: ((account: SferumAccount) => Promise<unknown>)[] = [
      (account) => account.readMembers(chat(), event),
      (account) => account.addMember(chat(), 1, event),
      (account) => account.removeMember(chat(), 1, event),
      (account) => account.setAdmin(chat(), 1, true, event),
      (account) => account.renameChat(chat(), 'x', event),
    ];
    for (const attempt of tries) {
      const { clock, vk, account } = bench();
      vk.answer = (_request, number) => (number <= 2 ? answer() : undefined);
      vk.answerCall = (call) =>
        call.method.endsWith('Members') ? { count: 1, items: [{ member_id: 3 }] } : 1;
      const ended = watch([attempt(account)]);
      await clock.advance(MINUTE_MS);
      expect(ended[0]?.status).toBe('fulfilled');
      expect(vk.requests).toHaveLength(3);
    }
  },
);

test('retries are bounded: after five tries the outcome is unknown', async () => {
  const { clock, vk, account } = bench();
  vk.answer = html;
  const end = endOf(account.addMember(chat(), 1, event));
  await clock.advance(MINUTE_MS);
  expect(await end).toBe('unknown');
  expect(vk.requests).toHaveLength(5);
});

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
  'a connection that never was (%s) ran nothing, so even a creation is tried again',
  async (code) => {
    const { clock, vk, account, gateway } = bench();
    vk.answer = (_request, number) => (number <= 2 ? connectionError(code) : undefined);
    vk.answerCall = () => ({ chat_id: 5, peer_ids: [1] });
    const ended = watch([createChat(account)]);
    await clock.advance(MINUTE_MS);
    expect(ended[0]).toMatchObject({
      status: 'fulfilled',
      value: { ref: { peerId: 2_000_000_005 }, members: [1] },
    });
    expect(gateway.stats()).toMatchObject({ requests: 3, calls: 1 });

    vk.answer = () => connectionError(code);
    const end = endOf(createChat(account));
    await clock.advance(MINUTE_MS);
    expect(await end).toBe('never-ran');
  },
);

test('what was once unknown is not called «never ran» when its repetition is given up', async () => {
  const { clock, vk, account } = bench();
  vk.answer = (_request, number) => (number === 1 ? html() : connectionError('ECONNREFUSED'));
  const end = endOf(account.addMember(chat(), 1, event));
  await clock.advance(MINUTE_MS);
  expect(await end).toBe('unknown');
});

test('a call that breaks the program (12) is found out alone; its neighbours are done', async () => {
  const { clock, vk, account } = bench();
  const bad = (title: string | undefined) => title === 'bad';
  vk.answer = ({ calls }) => (calls.some((call) => bad(call.params.title)) ? requestError(12) : undefined);
  const ends = ['a', 'bad', 'c'].map((title) => endOf(account.renameChat(chat(), title, event)));
  await clock.advance(2_000);
  expect(await Promise.all(ends)).toEqual([undefined, 'defect', undefined]);
  expect(vk.methods.map((methods) => methods.length)).toEqual([3, 1, 1, 1]);
});

test('an answer too big is asked for again in halves; writes beside it are unknown', async () => {
  const { clock, vk, account } = bench();
  vk.answer = ({ calls }) =>
    calls.length > 1 ? requestError(13, 'Runtime error: response size is too big') : undefined;
  vk.answerCall = (call) => (call.method.endsWith('Members') ? { count: 1, items: [{ member_id: 3 }] } : 1);
  const read = watch([1, 2].map((number) => account.readMembers(chat(number), event)));
  const write = endOf(createChat(account));
  await clock.advance(2_000);
  expect(read.map((one) => one?.status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await write).toBe('unknown');
});

test('looks at 4,000 chats fill requests of 20 calls, and of half as many where the answer is too big', async () => {
  const { clock, vk, account } = bench();
  vk.answer = ({ calls }) =>
    calls.length > 10 ? requestError(13, 'Runtime error: response size is too big') : undefined;
  vk.answerCall = ({ params }) => ({
    items: params.peer_ids!.split(',').map((id) => ({
      peer: { id: Number(id) },
      chat_settings: { owner_id: OWNER, title: 'x', state: 'in' },
    })),
  });
  const looks = Array.from({ length: 40 }, (_, part) =>
    account.lookAt(
      Array.from({ length: 100 }, (_, at) => chat(part * 100 + at + 1)),
      bulk,
    ),
  );
  const seen = watch(looks);
  await clock.advance(20_000);
  expect(seen.map((one) => one.status === 'fulfilled' && one.value.size)).toEqual(Array(40).fill(100));
  expect(vk.methods.map((methods) => methods.length)).toEqual([20, 10, 10, 20, 10, 10]);
});

test('a pace that cannot be reached sends nothing and says that nothing ran', async () => {
  const down = () => Promise.reject(new Error('the database is down'));
  const { clock, vk, account } = bench({}, { reserve: down, pause: down });
  const end = endOf(account.renameChat(chat(), 'x', event));
  await clock.advance(MINUTE_MS);
  expect(await end).toBe('never-ran');
  expect(vk.requests).toEqual([]);
});

test('neither titles, ids of people nor tokens stand in errors or in the log (V5, 29)', async () => {
  const { clock, vk, account, logged } = bench({ attempts: 2 });
  const answers = [
    requestError(5, 'Канарейка 555000555'),
    requestError(12),
    html(),
    requestError(29),
    connectionError('ECONNRESET'),
  ];
  const messages: string[] = [];
  for (const answer of answers) {
    vk.answer = () => answer;
    const failed = account.createChat({ title: 'Канарейка', members: [555_000_555] }, event);
    failed.catch((error: Error) => messages.push(`${error.message} ${error.stack}`));
    await clock.advance(2 * 60 * MINUTE_MS);
  }
  expect(messages).toHaveLength(answers.length);
  expect([...messages, ...logged].join('\n')).not.toMatch(/Канарейка|555000555|token-1/);
  expect(logged.length).toBeGreaterThan(0);
});

test('a chat of another account is refused before anything is sent: its id means another chat here (V4)', async () => {
  const { vk, account } = bench();
  const foreign = { ownerId: 5, peerId: 2_000_000_001 };
  expect(await endOf(account.renameChat(foreign, 'x', event))).toBe('defect');
  expect(await endOf(account.readMembers(foreign, event))).toBe('defect');
  expect(vk.requests).toEqual([]);
});
