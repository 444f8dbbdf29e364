import { describe, expect, it } from 'vitest';
import type { CurrentMember, DesiredChat, Ending } from '../../src/desired/model.ts';
import type { ActualChat } from '../../src/plan/chat-actions.ts';
import { makePlan, type PlanInput } from '../../src/plan/diff.ts';
import { DEFAULT_REMOVAL_LIMITS } from '../../src/plan/model.ts';
import type { LiveMember } from '../../src/plan/steps.ts';
import { applyPlan, PLAIN } from '../support/apply-plan.ts';

interface ChatTable {
  id?: string;
  /** People in the СГО list, and how many of them have no ground any more. */
  members: number;
  out: number;
  /** Of those without a ground, the first so many were ended by an order or by hand, or are held already. */
  ended?: number;
  held?: number;
  strangers?: number;
  /** People to add. */
  add?: number;
}

/** Chats of numbered people (`m0`, `m1` …). The first `out` of them have to go. */
function world(tables: readonly ChatTable[]) {
  const chats = new Map<string, ActualChat>();
  const desired = tables.map((table, index): DesiredChat => {
    const { id = `c${index}`, members, out, ended = 0, held = 0, strangers = 0, add = 0 } = table;
    const list = new Map<string, CurrentMember>();
    const wanted = new Map([['admin', { admin: true, grounds: [] }]]);
    const endings = new Map<string, Ending>();
    list.set('admin', { admin: true, grounds: [], heldBy: null });
    for (let person = 1; person < members; person++) {
      const heldBy = person <= held ? 'op-1' : null;
      list.set(`m${person}`, { admin: false, grounds: [], heldBy });
      if (person > out) wanted.set(`m${person}`, { admin: false, grounds: [] });
      if (person <= ended) endings.set(`m${person}`, { kind: 'order', orderId: '7' });
    }
    for (let person = 0; person < add; person++) wanted.set(`new${person}`, { admin: false, grounds: [] });
    const base = { id, key: `class:${id}`, type: 'class', classId: id, groupId: null, title: id } as const;
    const live = Array.from({ length: strangers }, (_, at): [number, LiveMember] => [
      900 + at,
      { admin: false, state: 'in' },
    ]);
    const sferum = { title: id, members: new Map(live) };
    chats.set(id, { ...base, titleByHand: false, exceptions: [], members: list, sferum });
    return { ...base, archived: false, members: wanted, endings, warning: null };
  });
  return { ...PLAIN, desired, chats, links: new Map<string, number>(), limits: DEFAULT_REMOVAL_LIMITS };
}

function heldIn(input: PlanInput, chatId = 'c0') {
  const actions = makePlan(input).chats.find((chat) => chat.chatId === chatId)!.actions;
  return actions.filter(({ held }) => held).length;
}

describe('Removals in a chat (F4): more than a quarter and at least 5', () => {
  it.each<[string, ChatTable, number]>([
    ['4 of 8 go', { members: 8, out: 4 }, 0],
    ['5 of 20 go: a quarter is not more than a quarter', { members: 20, out: 5 }, 0],
    ['5 of 19 wait', { members: 19, out: 5 }, 5],
    ['12 of 20 wait, all of them', { members: 20, out: 12 }, 12],
    ['strangers count: 3 and 2 of 19', { members: 19, out: 3, strangers: 2 }, 5],
    ['what an order or a person asked for is not held', { members: 20, out: 12, ended: 12 }, 0],
    ['nor counted', { members: 20, out: 12, ended: 8 }, 0],
    ['but the others are', { members: 20, out: 12, ended: 5 }, 7],
    ['held ones stay held though the limit is not passed any more', { members: 20, out: 4, held: 2 }, 2],
    ['held ones count in their chat', { members: 19, out: 5, held: 4 }, 5],
    ['a held one whom an order ended since is not held', { members: 20, out: 2, held: 2, ended: 1 }, 1],
  ])('%s', (_, table, expected) => {
    expect(heldIn(world([table]))).toBe(expected);
  });

  it('only the removals wait, the additions go on (J3)', () => {
    const plan = makePlan(world([{ members: 20, out: 12, add: 3 }]));
    const free = plan.chats[0]!.actions.filter(({ held }) => !held).map(({ action }) => action);
    expect(free).toEqual(['add', 'add', 'add']);
    expect([plan.counts.held, plan.counts.members.removed]).toEqual([12, 0]);
    expect(plan.chats[0]).toMatchObject({ membersBefore: 20, membersAfter: 23 });
  });

  it('other chats are not touched by it', () => {
    const input = world([
      { members: 20, out: 6 },
      { members: 60, out: 4 },
    ]);
    expect([heldIn(input, 'c0'), heldIn(input, 'c1')]).toEqual([6, 0]);
  });

  it('an approved chat goes on, and is not counted again', () => {
    const input = world([
      { members: 30, out: 18 },
      { members: 60, out: 4 },
    ]);
    expect([heldIn(input, 'c0'), heldIn(input, 'c1')]).toEqual([18, 4]);
    const approved = { ...input, approvedChatIds: new Set(['c0']) };
    expect([heldIn(approved, 'c0'), heldIn(approved, 'c1')]).toEqual([0, 0]);
  });

  it('a held stranger is left in the live chat', () => {
    const input = world([{ members: 10, out: 0, strangers: 5 }]);
    const plan = makePlan(input);
    expect([heldIn(input), plan.estimate.apiCalls]).toEqual([5, 0]);
    expect(applyPlan(plan, input).get('c0')?.sferum?.members.size).toBe(5);
  });
});

describe('Removals in a run and a school (F4): more than a tenth and at least 20', () => {
  const many = (chats: number, out: number) => Array.from({ length: chats }, () => ({ members: 20, out }));

  it.each([
    ['19 of 100 go', many(5, 4).map((table, index) => (index === 0 ? { ...table, out: 3 } : table)), 0],
    ['20 of 100 wait', many(5, 4), 20],
    ['20 of 200 go: a tenth is not more than a tenth', many(10, 2), 0],
    ['30 of 200 wait', many(10, 3), 30],
  ])('%s', (_, tables, expected) => {
    expect(makePlan(world(tables)).counts.held).toBe(expected);
  });

  it('what was removed in the school lately counts', () => {
    const input = { ...world(many(10, 1)), schoolMembers: 200 };
    expect(makePlan({ ...input, alreadyRemovedInSchool: 10 }).counts.held).toBe(0);
    const held = makePlan({ ...input, alreadyRemovedInSchool: 11 });
    expect([held.counts.held, held.breaches.map(({ scope }) => scope)]).toEqual([10, ['school']]);
  });

  it('the school’s share is of its members, not of the run’s; orders pass', () => {
    const large = { ...world(many(10, 1)), alreadyRemovedInSchool: 30 };
    expect(makePlan({ ...large, schoolMembers: 5000 }).counts.held).toBe(0);
    const ordered = world(many(10, 4).map((table) => ({ ...table, ended: 4 })));
    expect(makePlan({ ...ordered, alreadyRemovedInSchool: 500 }).counts.held).toBe(0);
  });

  it('a plan without removals of its own passes no limit', () => {
    const { breaches } = makePlan({ ...world(many(10, 0)), alreadyRemovedInSchool: 500 });
    expect(breaches).toEqual([]);
  });

  it('held removals do not count in the school again: a waiting hold stops nothing later', () => {
    const input = world([
      { members: 200, out: 49, held: 49 },
      { members: 60, out: 2 },
    ]);
    expect([heldIn(input, 'c0'), heldIn(input, 'c1')]).toEqual([49, 0]);
  });

  it('a plan with holds, applied and made again, holds the same', () => {
    const input = world(many(5, 4));
    const again = makePlan({ ...input, chats: applyPlan(makePlan(input), input) });
    expect([again.counts.held, again.breaches]).toEqual([20, []]);
  });
});

describe('The message of a hold (F4)', () => {
  it('has the numbers, the limit and what was found', () => {
    const { breaches } = makePlan(world([{ members: 20, out: 12 }]));
    expect(breaches).toEqual([
      { scope: 'chat', chatId: 'c0', removals: 12, members: 20, limitShare: 0.25, limitAtLeast: 5 },
    ]);
  });
});
