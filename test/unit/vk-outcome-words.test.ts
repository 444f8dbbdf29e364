/** How a call's end is counted for the operators. */
import { expect, test } from 'vitest';
import { SferumError } from '../../src/sferum/gateway.ts';
import { readCall, tokenCall } from '../../src/sferum/vk/call.ts';
import { VkError } from '../../src/sferum/vk/errors.ts';
import { type Fate, outcomeOf } from '../../src/sferum/vk/judgement.ts';

const refused = (method: string): Fate => ({
  is: 'failed',
  error: new VkError(method, { code: 15, subcode: undefined, text: 'Access denied' }),
});

test('a refusal is counted with its code, but not one that tells what kind of token it is', () => {
  expect(outcomeOf(refused('users.get'), readCall('users.get', {}))).toEqual(['refused', '15']);
  expect(outcomeOf(refused('users.get'), tokenCall('users.get'))).toEqual(['done']);
});

test('a dead token is counted, whatever was asked', () => {
  const dead: Fate = { is: 'failed', error: new SferumError('token', 'users.get in execute: VK error 5') };
  expect(outcomeOf(dead, tokenCall('users.get'))).toEqual(['token']);
});
