import { describe, expect, it } from 'vitest';
import { estimate } from '../../src/plan/estimate.ts';
import {
  FIRST_MEMBERS_PER_CREATE,
  type LiveMember,
  type SferumActual,
  type SferumTarget,
  sferumSteps,
} from '../../src/plan/steps.ts';
import { sferumTarget } from '../../src/plan/target.ts';

/** Reads `1* 2` as profile 1, an admin, and profile 2. */
function target(members: string, own: Partial<SferumTarget> = {}): SferumTarget {
  const wanted = words(members).map(
    (word) => [Number.parseInt(word, 10), { admin: word.endsWith('*') }] as const,
  );
  return { title: '5А класс', members: new Map(wanted), hold: new Set(), ignore: null, ...own };
}

/** Reads `1* 2 3?waiting` as above, with a state for a profile that is not `in`. */
function live(members: string, title = '5А класс'): SferumActual {
  const there = words(members).map((word) => {
    const [who = '', state = 'in'] = word.split('?');
    return [Number.parseInt(who, 10), { admin: who.endsWith('*'), state } as LiveMember] as const;
  });
  return { title, members: new Map(there) };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function told(steps: ReturnType<typeof sferumSteps>): string {
  return steps
    .map((step) => {
      if (step.step === 'create') return `create ${step.members.join(' ')}`.trim();
      return 'userId' in step ? `${step.step} ${step.userId}` : step.step;
    })
    .join(', ');
}

describe('Steps of one live chat', () => {
  it.each([
    ['D12: a chat is created though nobody in it is linked', '', null, 'create'],
    ['created with its first members', '3 1* 2', null, 'create 1 2 3, grant 1'],
    ['nothing to do', '1* 2', live('1* 2'), ''],
    ['renamed only when it differs', '1', live('1', '4А класс'), 'rename'],
    ['D8: who is missing is added', '1* 2', live('1*'), 'add 2'],
    ['D8: strangers are taken out', '1*', live('1* 9'), 'remove 9'],
    ['additions before removals, admins before removals', '2* 3', live('1* 3'), 'add 2, grant 2, remove 1'],
    ['an admin who is removed is not revoked first', '2*', live('1* 2*'), 'remove 1'],
    ['a new admin before the old one is revoked', '1 2*', live('1* 2'), 'grant 2, revoke 1'],
    [
      'who waits, was refused or left is not added again, nor made an admin',
      '1* 2* 3* 4',
      live('1* 2?waiting 3?refused 4?left'),
      '',
    ],
    [
      'who waits without being wanted is taken out; who is not there is not',
      '1',
      live('1 2?waiting 3?refused 4?left'),
      'remove 2',
    ],
    [
      'a rename, an addition and a removal in their order',
      '1* 3',
      live('1* 2', 'old'),
      'rename, add 3, remove 2',
    ],
  ])('%s', (_, wanted, actual, expected) => {
    expect(told(sferumSteps(target(wanted), actual, 'adding'))).toBe(expected);
  });

  it.each([
    ['created without people, who come by the link', '1* 2', null, 'create'],
    ['nobody is added; admins only once in', '1* 2* 3', live('2'), 'grant 2'],
    ['D8: strangers out, the link they came by void before', '1', live('1 9'), 'reset-link, remove 9'],
  ])('inviting: %s', (_, wanted, actual, expected) => {
    expect(told(sferumSteps(target(wanted), actual, 'inviting'))).toBe(expected);
  });

  it('F4: held removals stay in, as they are', () => {
    expect(told(sferumSteps(target('1*', { hold: new Set([2]) }), live('1* 2* 3'), 'adding'))).toBe(
      'remove 3',
    );
  });

  it('D12: the owner of the chat is neither member nor stranger', () => {
    expect(told(sferumSteps(target('1* 7', { ignore: 7 }), null, 'adding'))).toBe('create 1, grant 1');
    expect(told(sferumSteps(target('1*', { ignore: 7 }), live('1* 7*'), 'adding'))).toBe('');
  });

  it('a large chat is created with its admins and others up to the limit, the rest is added', () => {
    const count = FIRST_MEMBERS_PER_CREATE + 2;
    const members = Array.from({ length: count }, (_, index) =>
      index === count - 1 ? `${index + 1}*` : `${index + 1}`,
    );
    const [create, ...rest] = sferumSteps(target(members.join(' ')), null, 'adding');
    expect(create?.step === 'create' && create.members.length).toBe(FIRST_MEMBERS_PER_CREATE);
    expect(told(rest)).toBe(`add ${count - 2}, add ${count - 1}, grant ${count}`);
  });

  it('A7: two accounts of one VK ID are one member, an admin if either is; who is not linked is none', () => {
    const members = new Map([
      ['teacher', { admin: true, grounds: [] }],
      ['mother', { admin: false, grounds: [] }],
      ['aunt', { admin: false, grounds: [] }],
    ]);
    const links = new Map([
      ['teacher', 5],
      ['mother', 5],
    ]);
    const made = sferumTarget({ title: 'Т', members }, links, new Set(), null);
    expect([...made.members]).toEqual([[5, { admin: true }]]);
  });
});

describe('Cost (J7)', () => {
  const pace = { requestMs: 1000 / 3, callsPerRequest: 25, chatsPerLook: 100 };

  it('a call a step', () => {
    const calls = (wanted: string, actual: SferumActual | null) =>
      estimate([sferumSteps(target(wanted), actual, 'adding')], 0, pace).apiCalls;
    expect(calls('1 2', null)).toBe(1);
    expect(calls('1* 2* 3', null)).toBe(3);
    expect(calls('1 2', live('1* 2 9'))).toBe(2);
    expect(calls('1 2', live('1 2'))).toBe(0);
  });

  it('one look more for a hundred chats where an admin changes', () => {
    const grants = (chats: number) => Array(chats).fill([{ step: 'grant', userId: 1 }]);
    expect(estimate(grants(100), 0, { ...pace, callsPerRequest: 1, requestMs: 1000 }).seconds).toBe(101);
    expect(estimate(grants(101), 0, { ...pace, callsPerRequest: 1, requestMs: 1000 }).seconds).toBe(103);
  });

  it('seconds at the pace, 25 calls a request', () => {
    const creates = (chats: number) => Array(chats).fill([{ step: 'create', title: '', members: [] }]);
    expect(estimate(creates(75), 0, pace)).toEqual({ apiCalls: 75, seconds: 1 });
    expect(estimate(creates(76), 0, pace)).toEqual({ apiCalls: 76, seconds: 2 });
    expect(estimate([], 0, pace)).toEqual({ apiCalls: 0, seconds: 0 });
  });

  it('the writing of a large plan comes on top', () => {
    const seconds = (actions: number) => estimate([], actions, pace).seconds;
    expect([seconds(1_000), seconds(80_000), seconds(160_000)]).toEqual([0, 3, 6]);
  });
});
