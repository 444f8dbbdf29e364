import { describe, expect, it } from 'vitest';
import type { DesiredChat, DesiredMember, Ground } from '../../src/desired/model.ts';
import { schoolOn } from '../../src/desired/school.ts';
import { chatBreaches, planBreaches } from '../../src/plan/invariants.ts';
import type { ActionKind, ChatPlan } from '../../src/plan/model.ts';
import { liveBreaches } from '../support/live-breaches.ts';
import { desire, enrolled, schoolOf, TODAY } from '../support/small-school.ts';

const facts = schoolOf({
  people: { ivanova: 'teacher', anna: 'student', boris: 'student', mother: 'parent', aunt: 'parent' },
  classes: { '5А': { homeroomTeacherIds: ['ivanova'] } },
  enrollments: [enrolled('class', '5А', 'anna')],
  guardians: { mother: ['anna'], aunt: ['boris'] },
});
const sound = desire(facts).get('parents:5А')!;

/** The sound chat with one more, wrong member. */
function withMember(personId: string, kind: Ground['kind'], own: Partial<DesiredChat> = {}): DesiredChat {
  const member: DesiredMember = { admin: false, grounds: [{ kind, classId: '5А', studentId: 'boris' }] };
  return { ...sound, members: new Map([...sound.members, [personId, member]]), ...own };
}

function breaches(chat: DesiredChat) {
  return chatBreaches(chat, schoolOn(facts, TODAY)).map(({ code, personId }) => [code, personId]);
}

describe('Invariants (J6)', () => {
  it.each<[string, DesiredChat, unknown[]]>([
    ['what the rules make is sound', sound, []],
    ['a pupil in a parents’ chat', withMember('boris', 'enrollment'), [['pupil-in-parents-chat', 'boris']]],
    ['but one added by hand is another matter', withMember('boris', 'added'), []],
    ['a parent after the child left', withMember('aunt', 'guardian'), [['parent-without-child', 'aunt']]],
    ['but not in an archived chat', withMember('aunt', 'guardian', { archived: true }), []],
    [
      'a chat without an admin',
      {
        ...withMember('mother', 'guardian'),
        members: new Map([['mother', { admin: false, grounds: [{ kind: 'guardian' }] }]]),
      },
      [['no-admin', undefined]],
    ],
    ['but not an empty one', { ...sound, members: new Map() }, []],
  ])('%s', (_, chat, expected) => {
    expect(breaches(chat)).toEqual(expected);
  });

  it('additions come before removals, admins before removals', () => {
    const plan = (...kinds: ActionKind[]): ChatPlan => ({
      ...{ chatId: 'c1', key: null, type: 'class', title: '', membersBefore: 0, membersAfter: 0 },
      actions: kinds.map((action) => ({ action, chatId: 'c1', grounds: [] })),
    });
    expect(planBreaches(plan('create', 'add', 'add', 'grant', 'revoke', 'remove'))).toEqual([]);
    expect(planBreaches(plan('remove', 'add'))).toEqual([{ code: 'removal-before-addition', chat: 'c1' }]);
    expect(planBreaches(plan('revoke', 'grant'))).toHaveLength(1);
  });

  it('a live chat has no stranger that is not held, and an admin if a wanted one is in', () => {
    const wanted = new Map([
      [1, { admin: true }],
      [2, { admin: false }],
    ]);
    const target = { title: '', members: wanted, hold: new Set([8]), ignore: 7 };
    const live = (...ids: [number, boolean][]) => ({
      title: '',
      members: new Map(ids.map(([id, admin]) => [id, { admin, state: 'in' as const }])),
    });
    expect(liveBreaches('c1', target, live([1, true], [2, false], [7, true], [8, false]))).toEqual([]);
    expect(liveBreaches('c1', target, live([2, false], [9, false]))).toEqual([
      { code: 'stranger', chat: 'c1', strangerId: 9 },
    ]);
    expect(liveBreaches('c1', target, live([1, false]))).toEqual([{ code: 'no-admin', chat: 'c1' }]);
  });
});
