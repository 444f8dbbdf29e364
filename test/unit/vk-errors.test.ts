import { expect, test } from 'vitest';
import type { SferumErrorKind } from '../../src/sferum/gateway.ts';
import { VkError } from '../../src/sferum/vk/errors.ts';

const ADD = 'messages.addChatUser';
const told = (method: string, code: number, text = '', subcode?: number) => {
  const { kind, reason, settled, retryAfterMs } = new VkError(method, { code, text, subcode });
  return { kind, reason, settled, slows: (retryAfterMs ?? 0) > 0 };
};

const CODES: Record<SferumErrorKind, number[]> = {
  'never-ran': [6],
  unknown: [1, 10, 13, 36, 995, 424242],
  'slow-down': [9, 29, 43, 982],
  refused: [15, 18, 103, 113, 901, 902, 919, 931, 935, 936, 939, 947, 967, 981, 1017],
  'chat-lost': [917, 922, 925, 927, 932, 945, 946, 974, 1012, 1019],
  account: [14, 984],
  token: [5, 7, 17, 27, 28, 1117],
  defect: [3, 8, 12, 100, 125],
  'not-possible': [983],
};

test.each(Object.entries(CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)))(
  'VK error %i is %s, and tells when to look again only where it slows down',
  (code, kind) => {
    expect(told(ADD, code)).toMatchObject({ kind, slows: kind === 'slow-down' });
  },
);

test.each([
  ['15', ADD, 15, '', undefined, { kind: 'refused', reason: 'privacy' }],
  ['15 already in', ADD, 15, 'Access denied: user already in', undefined, { settled: 'already-so' }],
  ['15 with subcode 1133', ADD, 15, '', 1133, { kind: 'token' }],
  ['15 with subcode 1134', ADD, 15, '', 1134, { kind: 'token' }],
  [
    '15 for want of a right',
    ADD,
    15,
    'Access denied: no access to call this method',
    undefined,
    { kind: 'token' },
  ],
  ['15 of the whole request', 'execute', 15, '', undefined, { kind: 'token' }],
  ['15 on reading', 'messages.getConversationMembers', 15, '', undefined, { kind: 'chat-lost' }],
  ['103', ADD, 103, '', undefined, { kind: 'refused', reason: 'chat-full' }],
  ['936', ADD, 936, '', undefined, { kind: 'refused', reason: 'unknown-profile' }],
  ['18', ADD, 18, '', undefined, { kind: 'refused', reason: 'blocked' }],
  ['939', ADD, 939, '', undefined, { settled: 'waiting' }],
  ['935 on removal', 'messages.removeChatUser', 935, '', undefined, { settled: 'already-so' }],
  ['935 on a role: he is out', 'messages.setMemberRole', 935, '', undefined, { settled: 'not-in' }],
  ['935 on adding', ADD, 935, '', undefined, { kind: 'refused', settled: undefined }],
  ['15 on a role', 'messages.setMemberRole', 15, '', undefined, { kind: 'refused' }],
  [
    '7 on a role: that right alone is missing',
    'messages.setMemberRole',
    7,
    '',
    undefined,
    { kind: 'not-possible' },
  ],
  ['15/1133 on a role likewise', 'messages.setMemberRole', 15, '', 1133, { kind: 'not-possible' }],
  ['15 on a title', 'messages.editChat', 15, '', undefined, { kind: 'refused' }],
  ['15 on a link', 'messages.getInviteLink', 15, '', undefined, { kind: 'refused' }],
  ['919 on a link', 'messages.getInviteLink', 919, '', undefined, { kind: 'refused' }],
  ['983 on anything else', 'execute', 983, '', undefined, { kind: 'account' }],
  ['3 on the undocumented method', 'messages.setMemberRole', 3, '', undefined, { kind: 'not-possible' }],
  ...[7, 15, 27].map((code) => {
    const expected = { kind: 'not-possible' } as const;
    return [`${code} on starting a call`, 'calls.start', code, '', undefined, expected] as const;
  }),
  ['7 on ending a call', 'calls.forceFinish', 7, '', undefined, { kind: 'not-possible' }],
  ['27 on ending a call', 'calls.forceFinish', 27, '', undefined, { kind: 'not-possible' }],
  ['15/1134 on ending a call', 'calls.forceFinish', 15, '', 1134, { kind: 'not-possible' }],
  ['15 on ending a call', 'calls.forceFinish', 15, '', undefined, { kind: 'refused' }],
  ['5 on starting a call', 'calls.start', 5, '', undefined, { kind: 'token' }],
  ['104 on ending a call', 'calls.forceFinish', 104, '', undefined, { settled: 'already-so' }],
] as const)(
  'what a code means depends on the method and the text: %s',
  (_, method, code, text, subcode, expected) => {
    expect(told(method, code, text, subcode)).toMatchObject(expected);
  },
);

test("an error's message carries the method and the code, and nothing of VK's text (V5)", () => {
  const error = new VkError(ADD, { code: 15, subcode: 7, text: 'Access denied: Иванова 123456' });
  expect(error.message).toBe('messages.addChatUser: VK error 15/7');
});
