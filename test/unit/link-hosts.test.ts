import { describe, expect, test } from 'vitest';
import { linkCheck } from '../../src/sferum/links.ts';
import { bench, chat, endOf } from './vk-fakes.ts';

describe('a link leads to Sferum', () => {
  const leads = linkCheck(['http://127.0.0.1:4000/method', 'https://messenger.school.ru/']);

  test.each([
    'https://vk.me/join/abc',
    'https://vk.com/call/join/abc',
    'https://web.vk.me/x',
    'https://sferum.ru/?call_link=abc',
    'http://127.0.0.1:4000/join/abc',
    'http://localhost:4000/call/join/abc',
    'https://messenger.school.ru/join/abc',
  ])('%s', (link) => expect(leads(link)).toBe(true));

  test.each([
    'http://vk.me/join/abc',
    'https://vk.me:8443/join/abc',
    'https://evil.ru/vk.me/join/abc',
    'https://vk.me.evil.ru/join/abc',
    'https://evilvk.me/join/abc',
    'https://vk.me@evil.ru/join/abc',
    'https://user@vk.me/join/abc',
    'http://messenger.school.ru/join/abc',
    'http://127.0.0.1:4001/join/abc',
    'javascript:alert(1)//vk.me',
    'data:text/html,vk.me',
    '//vk.me/join/abc',
    '',
  ])('not %s', (link) => expect(leads(link)).toBe(false));
});

describe('an answer of VK whose link leads elsewhere is no answer', () => {
  const FOREIGN = 'https://vk.me.evil.ru/join/abc';

  test('of a chat’s invitation and of a call; one of VK’s is handed on', async () => {
    for (const [link, expected] of [
      [FOREIGN, 'unknown'],
      ['https://vk.me/join/abc', 'https://vk.me/join/abc'],
    ] as const) {
      const { account, vk, clock } = bench({}, undefined, { callsToken: 'token-1' });
      vk.answerCall = ({ method }) => (method === 'calls.start' ? { join_link: link } : { link });
      const event = { priority: 'event' } as const;
      const asked = Promise.all([
        endOf(account.inviteLink(chat(), false, event)),
        endOf(account.startCall(event).then(({ joinLink }) => joinLink)),
      ]);
      await clock.advance(10_000);
      expect(await asked).toEqual([expected, expected]);
    }
  });
});
