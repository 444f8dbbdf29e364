/** D8: which chats a look makes us read, and which it leaves alone. */

import { expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/clock.ts';
import { type KnownChat, peopleOf, readNeedOf, TITLES_PUT_BACK } from '../../src/live/what-looks-show.ts';
import type { ChatLook } from '../../src/sferum/gateway.ts';

const RHYTHM = { turnMs: 13 * MINUTE_MS, lookMs: 0, fullReadMs: DAY_MS, roundMs: 15 * MINUTE_MS };
/** The beginning of a round, and not the turn of the chat below. */
const NOW = Date.parse('2026-10-01T12:00:00Z');

const LOOK: ChatLook = { titles: ['5А класс'], ownerId: 9, members: 26, adminIds: [1, 2], messages: 40 };
const CHAT: KnownChat = {
  ...{ id: '00000000-0000-4000-8000-000000000000', title: '5А класс', sferumTitle: '5А класс' },
  ...{ foreignTitle: null, foreignTitleTimes: 0, seenAtMs: NOW - MINUTE_MS, again: false, isWaiting: false },
  ...{ messages: 40, people: peopleOf(LOOK) },
};
/** Ids whose turns are evenly spread. */
const spread = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const end = Math.floor(((n + 0.5) * 2 ** 32) / count);
    return `00000000-0000-4000-8000-0000${end.toString(16).padStart(8, '0')}`;
  });
const need = (chat: Partial<KnownChat>, look: Partial<ChatLook> | undefined = {}, nowMs = NOW) =>
  readNeedOf({ ...CHAT, ...chat }, look && { ...LOOK, ...look }, RHYTHM, nowMs);

test('a chat that shows what it showed in order needs nothing, whatever the order of its admins', () => {
  expect(need({}, { adminIds: [2, 1] })).toBeNull();
  expect(need({}, { adminIds: [2, 9, 1] })).toBeNull();
});

test.each<[string, Partial<ChatLook>]>([
  ['somebody more', { members: 27, messages: 41 }],
  ['an admin less', { adminIds: [1] }],
  ['another admin', { adminIds: [1, 3] }],
  ['another owner', { ownerId: 10 }],
  ['another title', { titles: ['Болталка'], messages: 41 }],
])('%s: it is read at once', (_, shown) => {
  expect(need({}, shown)).toBe('changed');
  // What cannot be mended now is no reason to read each minute.
  expect(need({ isWaiting: true }, shown)).toBeNull();
});

test('a foreign title that was put back often enough is left, and our own is not', () => {
  const left = { foreignTitle: 'Болталка', foreignTitleTimes: TITLES_PUT_BACK };
  expect(need(left, { titles: ['Болталка'] })).toBeNull();
  expect(need(left, { titles: ['Другое'] })).toBe('changed');
  expect(need({ ...left, sferumTitle: 'Болталка' }, { titles: ['Болталка'] })).toBe('changed');
});

test.each<[string, Partial<ChatLook> | undefined]>([
  ['people talk', { messages: 41 }],
  ['the number is missing', { messages: null }],
  ['the count is missing', { members: null }],
  ['the admins are missing', { adminIds: null }],
  ['nothing is shown', undefined],
])('%s: it is read at its next turn, within 13 minutes and not before', (_, shown) => {
  const look = shown && { ...LOOK, ...shown };
  const waits = spread(26).map((id) => {
    for (let at = 1; ; at++) {
      const nowMs = NOW + at * MINUTE_MS;
      if (readNeedOf({ ...CHAT, id, seenAtMs: NOW }, look, RHYTHM, nowMs) === 'time') return at;
    }
  });
  expect(Math.max(...waits)).toBe(13);
  // Turns are spread: two chats a minute.
  for (let at = 1; at <= 13; at++) expect(waits.filter((wait) => wait === at)).toHaveLength(2);
});

test('work since makes a chat that shows what it should one that moves, and another count a change', () => {
  expect(need({ messages: null, seenAtMs: NOW - RHYTHM.turnMs })).toBe('time');
  expect(need({ messages: null, people: peopleOf({ ...LOOK, members: 25 }) })).toBe('changed');
});

test('what is in doubt is read, and every chat once a day, the whole day through', () => {
  expect(need({ seenAtMs: null })).toBe('time');
  expect(need({ again: true })).toBe('time');
  expect(need({ seenAtMs: NOW - DAY_MS - RHYTHM.roundMs })).toBe('time');
  const rounds = new Set(
    spread(96).map((id) => {
      for (let round = 1; ; round++) {
        const nowMs = NOW + round * RHYTHM.roundMs;
        if (readNeedOf({ ...CHAT, id, seenAtMs: NOW }, LOOK, RHYTHM, nowMs)) return round;
      }
    }),
  );
  expect(rounds.size).toBe(96);
  expect(Math.max(...rounds)).toBe(96);
});

test('a turn within a look of the last read is left out, and the next one comes 13 minutes later at most', () => {
  const look = { ...LOOK, messages: 41 };
  const waits = spread(26).map((id) => {
    for (let at = 1; ; at++) {
      const rhythm = { ...RHYTHM, lookMs: MINUTE_MS };
      if (readNeedOf({ ...CHAT, id, seenAtMs: NOW }, look, rhythm, NOW + (at * MINUTE_MS) / 2)) return at / 2;
    }
  });
  expect(Math.min(...waits)).toBeGreaterThan(1);
  expect(Math.max(...waits)).toBeLessThanOrEqual(14);
});
