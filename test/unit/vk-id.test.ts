/** Ids that VK gives as numbers are taken as numbers or as strings of digits (contract). */
import { expect, test } from 'vitest';
import { vkId } from '../../src/text/vk-id.ts';

test.each([
  [1, 1],
  ['1', 1],
  ['1234567', 1_234_567],
  [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  [String(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
])('%j is the id %d', (given, id) => {
  expect(vkId.parse(given)).toBe(id);
});

test.each([
  ...[
    0,
    -5,
    1.5,
    '',
    '0',
    '-5',
    '1.5',
    '007',
    ' 5',
    '5 ',
    '1e3',
    '٣',
    '0x10',
    '9007199254740993',
    '99999999999999999',
  ],
  ...[null, true, [5], {}],
])('%j is no id', (given) => {
  const { error } = vkId.safeParse(given);
  expect(error?.issues[0]?.message).toBe('не идентификатор VK');
});
