import { expect, test } from 'vitest';
import { writeCall } from '../../src/sferum/vk/call.ts';
import { matchReply } from '../../src/sferum/vk/reply.ts';

const add = (user: number) => writeCall('messages.addChatUser', { chat_id: 1, user_id: user });
const edit = writeCall('messages.editChat', { chat_id: 1, title: 'x' });
const entry = (method: string, code: number, text = '') => ({ method, error_code: code, error_msg: text });
const ADD = 'messages.addChatUser';
const EDIT = 'messages.editChat';

/** The outcomes in short form: a value, or kind:code. */
const outcomes = (calls: Parameters<typeof matchReply>[0], response: unknown, errors?: unknown) =>
  matchReply(calls, response, errors).map((outcome) =>
    outcome.ok ? outcome.value : `${outcome.error.kind}:${(outcome.error as { code?: number }).code ?? '-'}`,
  );

test.each([
  ['all well', [1, 1, 1], undefined, [1, 1, 1]],
  [
    'the n-th false has the n-th entry',
    [false, 1, false],
    [entry(ADD, 936), entry(EDIT, 925)],
    ['refused:936', 1, 'chat-lost:925'],
  ],
  [
    'the extra entry of execute is left out',
    [1, 1, false],
    [entry(EDIT, 925), entry('execute', 925)],
    [1, 1, 'chat-lost:925'],
  ],
  ['an entry is missing', [false, 1, false], [entry(ADD, 936)], ['unknown:-', 1, 'unknown:-']],
  ['an entry too many', [false, 1, 1], [entry(ADD, 936), entry(ADD, 15)], ['unknown:-', 1, 1]],
  ['an entry of another method', [false, 1, 1], [entry(EDIT, 936)], ['unknown:-', 1, 1]],
  ['false without entries', [1, false, 1], undefined, [1, 'unknown:-', 1]],
  ['entries that are no list', [1, false, 1], 'x', [1, 'unknown:-', 1]],
  ['an entry that is no object', [1, false, 1], [null], [1, 'unknown:-', 1]],
  ['too few results', [1, 1], undefined, ['unknown:-', 'unknown:-', 'unknown:-']],
  ['no list', false, undefined, ['unknown:-', 'unknown:-', 'unknown:-']],
  ['null', null, undefined, ['unknown:-', 'unknown:-', 'unknown:-']],
])('results of a batch: %s', (_, response, errors, expected) => {
  expect(outcomes([add(1), add(2), edit], response, errors)).toEqual(expected);
});
