import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RosterFacts } from '../../src/desired/model.ts';
import type { ActualChat } from '../../src/plan/chat-actions.ts';
import { heldProfiles, makePlan, type PlanInput } from '../../src/plan/diff.ts';
import { planBreaches } from '../../src/plan/invariants.ts';
import { DEFAULT_REMOVAL_LIMITS, type MembershipMode } from '../../src/plan/model.ts';
import { type LiveMember, type SferumActual, sferumSteps } from '../../src/plan/steps.ts';
import { sferumTarget } from '../../src/plan/target.ts';
import { applyPlan, PLAIN, takeSteps } from '../support/apply-plan.ts';
import { arbitraryByHand, arbitraryFacts, arbitraryLinks, withHand } from '../support/arbitrary-school.ts';
import { liveBreaches } from '../support/live-breaches.ts';
import { desire, manualChat } from '../support/small-school.ts';

const mode = fc.constantFrom<MembershipMode>('adding', 'inviting');
const profile = fc.integer({ min: 1, max: 12 });
const liveMembers = fc
  .uniqueArray(
    fc.record({
      id: profile,
      admin: fc.boolean(),
      state: fc.constantFrom<LiveMember['state']>('in', 'in', 'in', 'waiting', 'refused', 'left'),
    }),
    { selector: ({ id }) => id },
  )
  .map((all) => new Map(all.map(({ id, admin, state }) => [id, { admin: admin && state === 'in', state }])));
const live = fc.record({ title: fc.constantFrom('old', 'new'), members: liveMembers });

/** A school that changed in every way since its last plan: facts, links, exceptions, live chats. */
const change = fc.record({
  before: arbitraryFacts,
  after: arbitraryFacts,
  byHand: arbitraryByHand,
  linksBefore: arbitraryLinks,
  links: arbitraryLinks,
  drift: fc.dictionary(fc.constantFrom('new-staff', 'new-class:5А', 'new-parents:5А', 'manual'), live),
  mode,
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function inputOf(own: Change): PlanInput {
  const base = { ...PLAIN, mode: own.mode };
  const first: PlanInput = {
    ...base,
    desired: [...desire(own.before).values()],
    chats: new Map(),
    links: own.linksBefore,
  };
  const settled = [...applyPlan(makePlan(first), first).values()];
  const manual = { ...manualChat('manual', own.byHand.manual), sferum: null };
  const chats = [...withHand(settled, own.byHand.automatic), manual].map((chat): ActualChat => {
    const drifted = own.drift[chat.id];
    return drifted ? { ...chat, sferum: drifted } : chat;
  });
  return {
    ...base,
    desired: [...desire(own.after, chats).values()],
    chats: new Map(chats.map((chat) => [chat.id, chat])),
    links: own.links,
  };
}

function again(input: PlanInput, facts: RosterFacts, chats: ReadonlyMap<string, ActualChat>): PlanInput {
  return { ...input, chats, desired: [...desire(facts, [...chats.values()]).values()] };
}

describe('Whatever has changed', () => {
  it('J7: the plan of an applied plan is empty', () => {
    fc.assert(
      fc.property(change, (own) => {
        const input = inputOf(own);
        const next = makePlan(again(input, own.after, applyPlan(makePlan(input), input)));
        expect(next.chats.flatMap(({ actions }) => actions)).toEqual([]);
        expect(next.estimate.apiCalls).toBe(0);
      }),
    );
  });

  it('the order of input does not matter', () => {
    fc.assert(
      fc.property(change, (own) => {
        const input = { ...inputOf(own), limits: DEFAULT_REMOVAL_LIMITS };
        const turned: PlanInput = {
          ...input,
          desired: input.desired.toReversed().map((chat) => ({
            ...chat,
            members: new Map([...chat.members].toReversed()),
          })),
          chats: new Map([...input.chats].toReversed().map(([id, chat]) => [id, turnedChat(chat)])),
          links: new Map([...input.links].toReversed()),
        };
        expect(makePlan(turned)).toEqual(makePlan(input));
      }),
    );
  });

  it('rule 8: additions before removals, admins before removals', () => {
    fc.assert(
      fc.property(change, (own) => {
        expect(makePlan(inputOf(own)).chats.flatMap(planBreaches)).toEqual([]);
      }),
    );
  });

  it('F4: what an order or a person ended is never held; only removals are', () => {
    const tight = { chatShare: 0, chatAtLeast: 1, schoolShare: 0, schoolAtLeast: 1 };
    fc.assert(
      fc.property(change, (own) => {
        const actions = makePlan({ ...inputOf(own), limits: tight }).chats.flatMap((chat) => chat.actions);
        const held = actions.filter((action) => action.held);
        expect(held.filter(({ action, ending }) => action !== 'remove' || ending)).toEqual([]);
        const removals = actions.filter(({ action, ending }) => action === 'remove' && !ending);
        expect(held).toEqual(removals);
      }),
    );
  });

  it('F4, J3: held people stay, everything else is done, and the next plan holds the same', () => {
    const tight = { chatShare: 0, chatAtLeast: 1, schoolShare: 0, schoolAtLeast: 1 };
    fc.assert(
      fc.property(change, (own) => {
        const input = { ...inputOf(own), limits: tight };
        const plan = makePlan(input);
        const next = makePlan({ ...input, chats: applyPlan(plan, input) });
        const heldOf = (of: typeof plan) =>
          of.chats
            .flatMap(({ actions }) => actions.filter(({ held }) => held))
            .map(({ chatId, personId, strangerId }) => [chatId, personId, strangerId]);
        expect(heldOf(next)).toEqual(heldOf(plan));
        expect(next.chats.flatMap(({ actions }) => actions).every(({ held }) => held)).toBe(true);
      }),
    );
  });

  it('J6, A7: live chats hold nobody without a ground, and whoever can be in is in', () => {
    fc.assert(
      fc.property(change, (own) => {
        const input = inputOf(own);
        const plan = makePlan(input);
        const after = applyPlan(plan, input);
        for (const { chatId, actions } of plan.chats) {
          const desired = input.desired.find((chat) => (chat.id ?? `new-${chat.key}`) === chatId)!;
          const target = sferumTarget(desired, input.links, heldProfiles(actions, input.links), null);
          const actual = after.get(chatId)!.sferum!;
          expect(liveBreaches(chatId, target, actual)).toEqual([]);
          if (own.mode === 'adding') {
            expect([...target.members.keys()].filter((id) => !actual.members.has(id))).toEqual([]);
          }
        }
      }),
    );
  });
});

describe('Whatever a live chat holds', () => {
  const target = fc.record({
    title: fc.constantFrom('old', 'new'),
    members: fc
      .dictionary(profile.map(String), fc.record({ admin: fc.boolean() }))
      .map((all) => new Map(Object.entries(all).map(([id, member]) => [Number(id), member]))),
    hold: fc.uniqueArray(profile).map((ids) => new Set(ids)),
    ignore: fc.option(profile),
  });

  it('the steps reach the target, and there is nothing left to do', () => {
    fc.assert(
      fc.property(target, fc.option(live), mode, (wanted, actual, how) => {
        const after = takeSteps(actual, sferumSteps(wanted, actual, how));
        expect(sferumSteps(wanted, after, how)).toEqual([]);
        expect(after.title).toBe(wanted.title);
        for (const [id, { admin, state }] of after.members) {
          if (state !== 'in' || id === wanted.ignore) continue;
          expect(wanted.members.has(id) || wanted.hold.has(id)).toBe(true);
          if (wanted.members.has(id)) expect(admin).toBe(wanted.members.get(id)!.admin);
        }
      }),
    );
  });

  it('there is never a moment without an admin, if one is to come', () => {
    fc.assert(
      fc.property(target, live, mode, (wanted, actual, how) => {
        const steps = sferumSteps(wanted, actual, how);
        const hasAdmin = (members: ReadonlyMap<number, LiveMember>) =>
          [...members].some(([id, { admin, state }]) => admin && state === 'in' && id !== wanted.ignore);
        const final = takeSteps(actual, steps);
        if (!hasAdmin(actual.members) || !hasAdmin(final.members)) return;
        takeSteps(actual, steps, (members) => expect(hasAdmin(members)).toBe(true));
      }),
    );
  });

  it('J7: no step is made twice', () => {
    fc.assert(
      fc.property(target, fc.option(live), mode, (wanted, actual: SferumActual | null, how) => {
        const steps = sferumSteps(wanted, actual, how);
        expect(new Set(steps.map((step) => JSON.stringify(step))).size).toBe(steps.length);
      }),
    );
  });
});

function turnedChat(chat: ActualChat): ActualChat {
  const sferum = chat.sferum && { ...chat.sferum, members: new Map([...chat.sferum.members].toReversed()) };
  return { ...chat, members: new Map([...chat.members].toReversed()), sferum };
}
