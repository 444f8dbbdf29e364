import { describe, expect, it } from 'vitest';
import { lacksAdmin, waitingForSuccessor } from '../../src/plan/handover.ts';
import { type LiveMember, sferumSteps } from '../../src/plan/steps.ts';

const OWNER = 9;

/** Reads `1* 2` as profile 1, an admin, and profile 2; `3?left` gives a state. */
function members(text: string): Map<number, LiveMember> {
  const words = text.split(' ').filter((word) => word !== '');
  return new Map(
    words.map((word) => {
      const [who = '', state = 'in'] = word.split('?');
      return [Number.parseInt(who, 10), { admin: who.endsWith('*'), state } as LiveMember] as const;
    }),
  );
}

const targetOf = (wanted: string) => ({
  ...{ title: 'Т', members: members(wanted), hold: new Set<number>(), ignore: OWNER },
});

describe('D14: an admin who must go waits for his successor', () => {
  it.each([
    ['nobody else waits', '2*', '1* 2 3', {}, 'remove 1'],
    ['nor he, once another is confirmed', '2*', '1* 2*', {}, ''],
    ['a successor who is only coming is waited for too', '2*', '1*', {}, 'remove 1'],
    ['who is to be no admin any more waits likewise', '1 2*', '1* 2', {}, 'revoke 1'],
    ['not for one whom Sferum does not let be it', '2*', '1* 2', { lost: [2] }, ''],
    ['but for another', '2* 3*', '1* 2 3', { lost: [2] }, 'remove 1'],
    ['not for one who was refused before', '2*', '1* 2?refused', {}, ''],
    ['not for ever', '2*', '1* 2', { isOverdue: true }, ''],
    ['nor where nobody is to come', '2', '1* 2', {}, ''],
    ['A10: nor where the owner himself is its admin', '2* 9*', '1* 2', {}, ''],
  ] as const)(
    '%s',
    (_, wanted, actual, {
      lost = [],
      isOverdue = false,
    }: { lost?: readonly number[]; isOverdue?: boolean }, expected) => {
      const target = targetOf(wanted);
      const live = members(actual);
      const steps = sferumSteps(target, { title: 'Т', members: live }, 'adding');
      const waiting = waitingForSuccessor(steps, target, live, { lost: new Set(lost), isOverdue });
      expect(waiting.map((s) => ('userId' in s ? `${s.step} ${s.userId}` : s.step)).join(', ')).toBe(
        expected,
      );
    },
  );

  it.each([
    ['one who should be is not', '1* 2', '1 2', true],
    ['one is', '1* 2*', '1 2*', false],
    ['nobody should be', '1 2', '1 2', false],
    ['who should be was refused, or left', '1* 2', '1?refused 2', true],
    ['who should be has not come yet', '1* 2', '2', false],
    ['who should be is invited', '1* 2', '1?waiting 2', false],
    ['A10: the owner is', '9* 1*', '1', false],
  ])('warned of: %s', (_, wanted, actual, expected) => {
    expect(lacksAdmin(targetOf(wanted), members(actual))).toBe(expected);
  });
});
