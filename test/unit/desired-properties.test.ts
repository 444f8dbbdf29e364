import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatFact, RosterFacts } from '../../src/desired/model.ts';
import { enrolledOn } from '../../src/desired/orders.ts';
import { schoolOn } from '../../src/desired/school.ts';
import { chatBreaches } from '../../src/plan/invariants.ts';
import { arbitraryByHand, arbitraryFacts, arbitraryOrder, withHand } from '../support/arbitrary-school.ts';
import { chatOf, desire, manualChat, stamp, TODAY } from '../support/small-school.ts';

type ByHand = typeof arbitraryByHand extends fc.Arbitrary<infer T> ? T : never;

/** The chats of a school after one plan was applied, with what was decided by hand since. */
function chatsOf(facts: RosterFacts, byHand: ByHand): ChatFact[] {
  const applied = [...desire(facts).values()].map((chat) => chatOf(chat));
  return [...withHand(applied, byHand.automatic), manualChat('manual', byHand.manual)];
}

function shuffled<T>(values: readonly T[], seed: number): T[] {
  const keyed = values.map(
    (value, index) => [(Math.imul(index + 1, 0x9e3779b1) ^ seed) >>> 0, value] as const,
  );
  return keyed.sort(([a], [b]) => a - b).map(([, value]) => value);
}

describe('Whatever the school', () => {
  it('the order of input does not matter', () => {
    fc.assert(
      fc.property(
        arbitraryFacts,
        arbitraryByHand,
        fc.integer(),
        fc.boolean(),
        (facts, byHand, seed, strict) => {
          const mix = <T>(values: readonly T[]) => shuffled(values, seed);
          const mixed: RosterFacts = {
            people: new Map(mix([...facts.people])),
            classes: new Map(mix([...facts.classes])),
            groups: new Map(mix([...facts.groups])),
            enrollments: mix(facts.enrollments),
            guardians: mix(facts.guardians),
            orders: mix(facts.orders),
          };
          const chats = chatsOf(facts, byHand);
          const mixedChats = mix(chats).map((chat) => ({ ...chat, exceptions: mix(chat.exceptions) }));
          expect(desire(mixed, mixedChats, { strict })).toEqual(desire(facts, chats, { strict }));
        },
      ),
    );
  });

  it('J6: every desired chat keeps the invariants; without an admin only where nobody could be one (C6)', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryFacts, arbitraryByHand, (before, facts, byHand) => {
        const hasAdmin = [...facts.people.values()].some(({ roles }) => roles.includes('administrator'));
        const school = schoolOn(facts, TODAY);
        for (const chat of desire(facts, chatsOf(before, byHand)).values()) {
          const breaches = chatBreaches(chat, school).map(({ code }) => code);
          const isHelpless = !hasAdmin && chat.warning === 'nobody-to-administer';
          expect(breaches).toEqual(isHelpless ? ['no-admin'] : []);
        }
      }),
    );
  });

  it('D6: nobody departed and no unknown is in any chat, manual ones included', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryFacts, arbitraryByHand, (before, facts, byHand) => {
        const { leavers } = enrolledOn(facts, TODAY);
        for (const chat of desire(facts, chatsOf(before, byHand)).values()) {
          for (const id of chat.members.keys()) {
            const roles = facts.people.get(id)?.roles ?? [];
            expect(roles).not.toEqual([]);
            expect(roles.join() === 'student' && leavers.has(id)).toBe(false);
          }
        }
      }),
    );
  });

  it('D9: an archived chat gains nobody but by hand or as the stand-in', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryFacts, arbitraryByHand, (before, facts, byHand) => {
        const chats = chatsOf(before, byHand);
        for (const desired of desire(facts, chats).values()) {
          if (!desired.archived) continue;
          const chat = chats.find(({ id }) => id === desired.id)!;
          for (const [id, { grounds }] of desired.members) {
            const kinds = grounds.map(({ kind }) => kind);
            expect(chat.members.has(id) || kinds.every((k) => k === 'added' || k === 'no-other-admin')).toBe(
              true,
            );
          }
        }
      }),
    );
  });

  it('desired applied is desired again: nothing swings', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryFacts, arbitraryByHand, (before, facts, byHand) => {
        const chats = chatsOf(before, byHand);
        const once = desire(facts, chats);
        const applied = [...once.values()].map((chat) => {
          const stored = chats.find(({ id }) => id === chat.id);
          return chatOf(
            chat,
            stored ? { exceptions: stored.exceptions, titleByHand: stored.titleByHand } : {},
          );
        });
        const twice = desire(facts, applied);
        expect([...twice.values()].map(({ members, title }) => ({ members, title }))).toEqual(
          [...once.values()].map(({ members, title }) => ({ members, title })),
        );
      }),
    );
  });

  it('D6: an order cancelled is as if it had never been', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryByHand, arbitraryOrder('new'), (facts, byHand, order) => {
        const chats = chatsOf(facts, byHand);
        const cancelled = { ...order, issued: stamp('2026-10-20', 'x'), cancelled: stamp('2026-10-21', 'x') };
        const after = desire({ ...facts, orders: [...facts.orders, cancelled] }, chats);
        expect(after).toEqual(desire(facts, chats));
      }),
    );
  });

  it('F4: endings are only of people who are out', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryFacts, arbitraryByHand, (before, facts, byHand) => {
        for (const { members, endings } of desire(facts, chatsOf(before, byHand)).values()) {
          expect([...endings.keys()].filter((id) => members.has(id))).toEqual([]);
        }
      }),
    );
  });
});
