/** The states of a school's connection, as they are stored. */
import { expect, test } from 'vitest';
import { accountState } from '../../src/rows/sferum-account.ts';

test.each([
  ['ok', null, 'connected'],
  ['broken', 'token', 'broken'],
  ['broken', 'account', 'broken'],
  ['broken', 'restore-unconfirmed', 'restore-unconfirmed'],
  ['broken', 'replacement-unconfirmed', 'replacement-unconfirmed'],
] as const)('%s because of %s is %s', (status, reason, state) => {
  expect(accountState({ status, reason })).toBe(state);
});
