import { describe, expect, it } from 'vitest';
import type { ActualChat } from '../../src/plan/chat-actions.ts';
import { makePlan, type PlanInput } from '../../src/plan/diff.ts';
import type { Plan } from '../../src/plan/model.ts';
import type { LiveMember } from '../../src/plan/steps.ts';
import { applyPlan, PLAIN } from '../support/apply-plan.ts';
import {
  chatOf,
  desire,
  enrolled,
  exception,
  order,
  type SchoolTable,
  schoolOf,
} from '../support/small-school.ts';

const table = {
  people: {
    director: 'administrator',
    ivanova: 'teacher',
    anna: 'student',
    boris: 'student',
    mother: 'parent',
  },
  classes: { '5А': { homeroomTeacherIds: ['ivanova'] } },
  enrollments: ['anna', 'boris'].map((id) => enrolled('class', '5А', id)),
  guardians: { mother: ['anna'] },
} satisfies SchoolTable;
const links = new Map([
  ['ivanova', 1],
  ['anna', 2],
  ['boris', 3],
]);

/** A plan for 5А's class chat alone. */
function planFor(own: SchoolTable, chat: ActualChat | null, input: Partial<PlanInput> = {}) {
  const desired = desire(schoolOf({ ...table, ...own }), chat ? [chat] : [], { only: new Set(['class:5А']) });
  const full = {
    ...PLAIN,
    links,
    desired: [...desired.values()],
    chats: new Map(chat ? [[chat.id, chat]] : []),
    ...input,
  };
  return { plan: makePlan(full), input: full };
}

/** 5А's class chat with everybody in, in СГО and in Sferum. */
function settled(
  live: Record<number, Partial<LiveMember> | null> = {},
  own: Partial<ActualChat> = {},
): ActualChat {
  const chat = chatOf(desire(schoolOf(table)).get('class:5А')!, { id: 'c1' });
  const members = new Map<number, LiveMember>([
    [1, { admin: true, state: 'in' }],
    [2, { admin: false, state: 'in' }],
    [3, { admin: false, state: 'in' }],
  ]);
  for (const [id, change] of Object.entries(live)) {
    if (change === null) members.delete(Number(id));
    else members.set(Number(id), { admin: false, state: 'in', ...members.get(Number(id)), ...change });
  }
  return { ...chat, sferum: { title: chat.title, members }, ...own };
}

function told({ chats }: Plan): string[] {
  return chats.flatMap(({ actions }) =>
    actions.map(({ action, personId, strangerId, held, pending, ending }) =>
      [action, personId ?? strangerId, held && 'held', pending, ending?.kind]
        .filter((word) => word)
        .join(' '),
    ),
  );
}

describe('What changes (F2, F3)', () => {
  it('a missing chat is created with all its members, who cannot be reached is pending', () => {
    const { plan } = planFor({}, null, { links: new Map([...links].slice(0, 2)) });
    expect(told(plan)).toEqual([
      'create',
      ...['add anna', 'add boris notLinked', 'add ivanova'],
      'grant ivanova',
    ]);
    expect(plan.chats[0]).toMatchObject({
      chatId: 'new-class:5А',
      title: '5А класс',
      membersBefore: 0,
      membersAfter: 3,
    });
    expect(plan.counts).toEqual({
      chats: { created: 1, renamed: 0, unchanged: 0 },
      members: { added: 2, removed: 0 },
      admins: { granted: 1, revoked: 0 },
      pending: { notLinked: 1, invited: 0, refused: 0 },
      held: 0,
    });
    expect(plan.estimate).toEqual({ apiCalls: 2, seconds: 1 });
  });

  it('nothing: the chat has no actions and is counted as unchanged', () => {
    const { plan } = planFor({}, settled());
    expect([told(plan), plan.counts.chats, plan.estimate.apiCalls]).toEqual([
      [],
      { created: 0, renamed: 0, unchanged: 1 },
      0,
    ]);
  });

  it('missing ones in, extra ones out, each with the ground', () => {
    const { plan } = planFor(
      {
        enrollments: ['anna', 'mother'].map((id) => enrolled('class', '5А', id)),
        people: { ...table.people, mother: 'student' },
      },
      settled(),
    );
    expect(told(plan)).toEqual(['add mother notLinked', 'remove boris']);
    expect(plan.chats[0]?.actions.map(({ grounds }) => grounds)).toEqual([
      [{ kind: 'enrollment', classId: '5А' }],
      [{ kind: 'enrollment', classId: '5А' }],
    ]);
    expect(plan.counts.members).toEqual({ added: 0, removed: 1 });
  });

  it('a new homeroom teacher: admin first, the old one out last', () => {
    const people = { ...table.people, petrov: 'teacher' };
    const { plan } = planFor({ people, classes: { '5А': { homeroomTeacherIds: ['petrov'] } } }, settled());
    expect(told(plan)).toEqual(['add petrov notLinked', 'grant petrov notLinked', 'remove ivanova']);
    expect(plan.counts.admins).toEqual({ granted: 0, revoked: 0 });
  });

  it('revoked by hand: the right goes, the member stays', () => {
    const exceptions = [exception('ivanova', { admin: 'revoked' })];
    const { plan } = planFor({}, settled({}, { exceptions }));
    expect(told(plan)).toEqual(['add director notLinked', 'grant director notLinked', 'revoke ivanova']);
    expect(plan.counts.admins.revoked).toBe(1);
  });

  it.each([
    ['in the roster', settled({}, { title: '4А класс' })],
    ['in Sferum', settled({}, { sferum: { ...settled().sferum!, title: 'Наш чатик' } })],
  ])('a title that differs %s is put right', (_, chat) => {
    const { plan } = planFor({}, chat);
    expect([told(plan), plan.counts.chats.renamed]).toEqual([['rename'], 1]);
  });

  it('a chat of СГО that Sferum does not have is created there, with the people of its list', () => {
    const { plan } = planFor({}, settled({}, { sferum: null }));
    expect(told(plan)).toEqual(['create', 'add anna', 'add boris', 'add ivanova', 'grant ivanova']);
  });

  it('F4: what an order ended is marked with it', () => {
    const orders = [order('7', 'withdrawal', '2026-09-10', { studentId: 'boris' })];
    expect(told(planFor({ orders }, settled()).plan)).toEqual(['remove boris order']);
  });
});

describe('Drift (D8)', () => {
  it.each([
    ['one who is missing is added back', { 2: null }, ['add anna']],
    ['an admin who is missing gets his right back too', { 1: null }, ['add ivanova', 'grant ivanova']],
    ['an admin who lost his right gets it back', { 1: { admin: false } }, ['grant ivanova']],
    [
      'a member who was made an admin in the messenger is one no more',
      { 2: { admin: true } },
      ['revoke anna'],
    ],
    ['a stranger is taken out', { 99: {} }, ['remove 99']],
    [
      'who waits, left or was refused is pending and not dragged back',
      { 2: { state: 'waiting' }, 3: { state: 'left' } } as const,
      [],
    ],
  ])('%s', (_, live, expected) => {
    expect(told(planFor({}, settled(live)).plan)).toEqual(expected);
  });

  it('a stranger who is somebody known is called by his person', () => {
    const known = new Map([...links, ['mother', 99]] as const);
    expect(told(planFor({}, settled({ 99: {} }), { links: known }).plan)).toEqual(['remove mother']);
  });

  it('pending people are counted for every desired membership, whether it changes or not', () => {
    const chat = settled({ 2: { state: 'waiting' }, 3: { state: 'left' } });
    expect(planFor({}, chat).plan.counts.pending).toEqual({ notLinked: 0, invited: 1, refused: 1 });
    const nobody = planFor({}, settled({ 1: null, 2: null, 3: null }), { links: new Map() });
    expect(nobody.plan.counts.pending).toEqual({ notLinked: 3, invited: 0, refused: 0 });
  });

  it('the owner of the chat is no stranger (D12)', () => {
    expect(told(planFor({}, settled({ 500: { admin: true } }), { ownerId: 500 }).plan)).toEqual([]);
  });
});

describe('Linking (A5–A7)', () => {
  it('A5: who has just linked is added to the live chat', () => {
    const { plan } = planFor({}, settled({ 2: null }));
    expect([told(plan), plan.counts.members.added]).toEqual([['add anna'], 1]);
  });

  it('A5, A6: who has unlinked is out of Sferum and stays in СГО as «не привязан»', () => {
    const { plan } = planFor({}, settled(), { links: new Map([...links].filter(([id]) => id !== 'anna')) });
    expect(told(plan)).toEqual(['remove 2']);
    expect(plan.counts.pending.notLinked).toBe(1);
    expect(plan.chats[0]).toMatchObject({ membersBefore: 3, membersAfter: 3 });
  });

  it('A5, F4: unlinking is asked for by name and never held, other strangers are', () => {
    const chat = settled({ 11: {}, 12: {}, 13: {}, 14: {} });
    const limits = { ...PLAIN.limits, chatShare: 0.25, chatAtLeast: 3 };
    const { plan } = planFor({}, chat, { limits, unlinked: new Set([11]) });
    expect(told(plan)).toEqual(['remove 11 unlinked', 'remove 12 held', 'remove 13 held', 'remove 14 held']);
  });

  it('A6: adminship is kept in the list and returns with the link', () => {
    const unlinked = planFor({}, settled({ 1: null }), { links: new Map([...links].slice(1)) });
    expect(told(unlinked.plan)).toEqual([]);
    const again = planFor({}, settled({ 1: null }));
    expect(told(again.plan)).toEqual(['add ivanova', 'grant ivanova']);
  });

  it('A7: one of two accounts with one VK ID leaves: the profile stays for the other', () => {
    const shared = new Map([...links, ['mother', 3]] as const);
    const people = { ...table.people, mother: 'teacher' };
    const classes = { '5А': { homeroomTeacherIds: ['ivanova', 'mother'] } };
    const both = chatOf(desire(schoolOf({ ...table, people, classes })).get('class:5А')!, { id: 'c1' });
    const chat = { ...both, sferum: settled({ 3: { admin: true } }).sferum };
    const enrollments = [enrolled('class', '5А', 'anna')];
    const { plan } = planFor({ people, classes, enrollments }, chat, { links: shared });
    expect([told(plan), plan.estimate.apiCalls]).toEqual([['remove boris'], 0]);
  });
});

describe('Inviting', () => {
  it('nobody is added; who is not in yet is counted as invited', () => {
    const { plan } = planFor({}, null, { mode: 'inviting' });
    expect(told(plan)).toEqual([
      'create',
      ...['add anna invited', 'add boris invited', 'add ivanova invited', 'grant ivanova invited'],
    ]);
    expect([plan.counts.members.added, plan.counts.pending.invited, plan.estimate.apiCalls]).toEqual([
      0, 3, 1,
    ]);
  });

  it('an admin is appointed once in; those still out need no action', () => {
    const chat = settled({ 1: { admin: false }, 2: null, 3: null });
    const { plan } = planFor({}, chat, { mode: 'inviting' });
    expect([told(plan), plan.counts.pending.invited]).toEqual([['grant ivanova'], 2]);
  });
});

describe('The order of a plan', () => {
  it('chats by type, title as people read, id', () => {
    const classes = Object.fromEntries(['10А', '5Б', '5А'].map((id) => [id, {}]));
    const desired = [...desire(schoolOf({ people: table.people, classes })).values()].toReversed();
    const plan = makePlan({ ...PLAIN, desired, chats: new Map(), links });
    expect(plan.chats.map(({ title }) => title)).toEqual([
      'Учительская',
      ...['5А класс', '5Б класс', '10А класс', '5А родители', '5Б родители', '10А родители'],
    ]);
  });

  it('the plan of an applied plan is empty', () => {
    const { plan, input } = planFor({}, settled({ 1: null, 2: { admin: true }, 77: {} }, { title: 'old' }));
    expect(told(plan).length).toBeGreaterThan(3);
    expect(told(makePlan({ ...input, chats: applyPlan(plan, input) }))).toEqual([]);
  });
});
