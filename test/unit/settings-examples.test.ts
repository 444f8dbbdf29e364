import { expect, test } from 'vitest';
import {
  atLeast,
  earlyEntry,
  inChat,
  inSchool,
  looks,
  retention,
  sessionEnd,
} from '../../dashboard/console/school/settings-examples.ts';
import { guard } from '../../src/plan/guard.ts';

const said = (text: string) => text.replaceAll('\u00a0', ' ');

test('each setting is said with an example in numbers', () => {
  expect(said(inChat('25', '5'))).toBe('В чате на 30 человек это 8 исключений или больше.');
  expect(said(inChat('10', '5'))).toBe('В чате на 30 человек это 5 исключений или больше.');
  expect(said(inChat('100', '5'))).toBe('В чате на 30 человек исключения не ждут.');
  expect(said(inSchool('10', '20'))).toBe(
    'В школе, где в чатах 10 000 мест, это 1 001 исключение или больше.',
  );
  expect(said(atLeast('5', 'маленьком чате'))).toBe('4 исключения и меньше не ждут даже в маленьком чате.');
  expect(said(earlyEntry('10'))).toBe('В урок с 12:00 можно войти в 11:50.');
  expect(said(earlyEntry('0'))).toBe('Урок открывается, когда начинается.');
  expect(said(sessionEnd('30'))).toBe('После 30 минут без действий войти нужно заново, из СГО.');
  expect(said(retention('180', '2026-03-01'))).toBe('Кто выбыл сегодня, хранится до 28.08.2026.');
  expect(said(looks('60'))).toBe('Кто вошёл в чат сам, виден здесь через 60 секунд или раньше.');
});

test('what is no number has no example', () => {
  for (const typed of [undefined, '', 'рано', '1.5', '-1', '99999999999999999999']) {
    expect([
      inChat(typed, '5'),
      inChat('25', typed),
      earlyEntry(typed),
      retention(typed, '2026-03-01'),
    ]).toEqual(['', '', '', '']);
  }
});

test.each([5, 25, 33, 50])('the example of %i % is what the guard does', (percent) => {
  const from = Number(/\d+ (?=исключ)/.exec(said(inChat(String(percent), '3')))?.[0]);
  const held = (removals: number) =>
    guard({
      removals: Array.from({ length: removals }, () => ({ chatId: 'c', isAsked: false, isHeld: false })),
      membersOf: new Map([['c', 30]]),
      limits: { chatShare: percent / 100, chatAtLeast: 3, schoolShare: 1, schoolAtLeast: 1000 },
      ...{ approvedChatIds: new Set<string>(), schoolMembers: 1000, alreadyRemovedInSchool: 0 },
    }).held.size;
  expect([held(from - 1), held(from)]).toEqual([0, from]);
});
