import { expect, test } from 'vitest';
import type { VkCall } from '../../src/sferum/vk/call.ts';
import { readMembers } from '../../src/sferum/vk/members.ts';
import { listChats, SharedScan } from '../../src/sferum/vk/own-chats.ts';
import type { Ask } from '../../src/sferum/vk/replies.ts';

const PEER = 2_000_000_001;
const OWNER = 9;
const COMMUNITY = -77;

/** Answers by the call's own parameters. */
const caller =
  (answer: (params: { count: number; offset: number }) => unknown): Ask =>
  async (call: VkCall, reply) =>
    reply.parse(answer(JSON.parse(call.code.slice(call.code.indexOf('(') + 1, -1))));

const people = (ids: readonly number[]) => ids.map((id) => ({ member_id: id }));
const range = (count: number, from = 100) => Array.from({ length: count }, (_, index) => from + index);

const pages = (ids: readonly number[], count = ids.length) =>
  caller((page) => ({ count, items: people(ids.slice(page.offset, page.offset + page.count)) }));

test.each([1, 20, 21, 999, 1_000, 1_001, 2_500])(
  'a chat of %i others is read whole, without ourselves',
  async (size) => {
    const ids = [OWNER, COMMUNITY, ...range(size, 200_000_000_000)];
    const members = await readMembers(PEER, [OWNER, COMMUNITY], pages(ids));
    expect(members.map((member) => member.userId)).toEqual(ids.slice(2));
  },
);

test('flags that VK leaves out are false; owners are admins; who has not accepted is waiting', async () => {
  const items = [
    { member_id: 1 },
    { member_id: 2, is_admin: true },
    { member_id: 3, is_owner: true },
    { member_id: 4, is_message_request: true, request_date: 5 },
  ];
  expect(
    await readMembers(
      PEER,
      [],
      caller(() => ({ count: 4, items })),
    ),
  ).toEqual([
    { userId: 1, admin: false, waiting: false },
    { userId: 2, admin: true, waiting: false },
    { userId: 3, admin: true, waiting: false },
    { userId: 4, admin: false, waiting: true },
  ]);
});

test.each([
  ['an empty list', caller(() => ({ count: 0, items: [] }))],
  ['an empty list with a count', caller(() => ({ count: 26, items: [] }))],
  ['20 of 26', caller(() => ({ count: 26, items: people(range(20)) }))],
  ['more than the count', caller(() => ({ count: 2, items: people(range(3)) }))],
  ['a second page cut', pages(range(1_500), 1_700)],
  ['pages without end (33)', caller(() => ({ count: 1_000_000_000, items: people(range(1_000)) }))],
  [
    'a person twice, as when people come between pages',
    caller((page) => ({
      count: 1_500,
      items: people(page.offset === 0 ? range(1_000) : range(500, 1_099)),
    })),
  ],
])(
  'a list that is cut or contradicts its count is unknown, never a smaller chat (10): %s',
  async (_, ask) => {
    await expect(readMembers(PEER, [OWNER], ask)).rejects.toMatchObject({ kind: 'unknown' });
  },
);

const conversation = (id: number) => ({
  conversation: {
    peer: { id },
    chat_settings: { owner_id: OWNER, title: `chat ${id}`, state: 'in' },
  },
});

test('the whole listing is read, people who are no chats too', async () => {
  const items = [{ conversation: { peer: { id: 5 } } }, ...range(700).map(conversation)];
  const listed = await listChats(
    caller((page) => ({ count: items.length, items: items.slice(page.offset, page.offset + page.count) })),
  );
  expect(listed.map((chat) => chat.peerId)).toEqual([5, ...range(700)]);
});

test('a chat that jumps to the front behind the back of the reader is found nevertheless', async () => {
  let order = range(500);
  let reads = 0;
  const ask = caller((page) => {
    const items = order.slice(page.offset, page.offset + page.count).map(conversation);
    // After the first page was read, a person writes in a chat of the second page.
    if (reads++ === 0) order = [order[300]!, ...order.toSpliced(300, 1)];
    return { count: order.length, items };
  });
  const listed = await listChats(ask);
  expect(listed.map((chat) => chat.peerId).toSorted((one, other) => one - other)).toEqual(range(500));
});

test('a listing that stays short of its count is unknown: «not found» must not follow from it', async () => {
  const ask = caller((page) => ({
    count: 450,
    items: range(400)
      .slice(page.offset, page.offset + page.count)
      .map(conversation),
  }));
  await expect(listChats(ask)).rejects.toMatchObject({ kind: 'unknown' });
});

test('a listing of a million pages is not asked for page by page (33)', async () => {
  let reads = 0;
  const ask = caller((page) => {
    reads += 1;
    return { count: 200_000_000, items: range(page.count).map(conversation) };
  });
  await expect(listChats(ask)).rejects.toMatchObject({ kind: 'unknown' });
  expect(reads).toBe(1);
});

test('who asks during a scan is served by the next one, and all who wait share it', async () => {
  const shared = new SharedScan<string>();
  const ends: ((result: string) => void)[] = [];
  let world = 'before';
  const scan = () => {
    const seen = world;
    return new Promise<string>((resolve) => ends.push((word) => resolve(`${word}: ${seen}`)));
  };
  const first = shared.result(scan);
  await Promise.resolve();
  expect(ends).toHaveLength(1);
  world = 'after';
  const late = [shared.result(scan), shared.result(scan)];
  ends[0]!('one');
  expect(await first).toBe('one: before');
  await new Promise((resolve) => setImmediate(resolve));
  expect(ends).toHaveLength(2);
  ends[1]!('two');
  expect(await Promise.all(late)).toEqual(['two: after', 'two: after']);
});

test('a scan that fails tells those who shared it, and the next one begins anew', async () => {
  const shared = new SharedScan<string>();
  await expect(shared.result(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(await shared.result(async () => 'found')).toBe('found');
});
