/** D14 over random chats and random failing steps: a failing step prevents no other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Brought } from '../../src/live/brought.ts';
import type { Failure } from '../../src/live/perform-steps.ts';
import { takeRounds } from '../../src/live/rounds.ts';
import { HANDOVER_MS } from '../../src/plan/handover.ts';
import type { MembershipMode } from '../../src/plan/model.ts';
import type { SferumTarget } from '../../src/plan/steps.ts';
import {
  type Priority,
  type SferumAccount,
  SferumError,
  type SferumErrorKind,
} from '../../src/sferum/gateway.ts';

const OWNER = 99;
const REF = { ownerId: OWNER, peerId: 2_000_000_001 };
const KINDS: SferumErrorKind[] = [
  ...(['never-ran', 'unknown', 'refused', 'slow-down', 'chat-lost'] as const),
  ...(['account', 'token', 'not-possible', 'defect'] as const),
];
type Step = 'rename' | 'add' | 'grant' | 'revoke' | 'remove' | 'reset-link' | 'read' | 'look';

const profile = fc.integer({ min: 1, max: 7 });
const people = fc
  .dictionary(profile.map(String), fc.record({ admin: fc.boolean() }), { maxKeys: 7 })
  .map((all) => new Map(Object.entries(all).map(([id, member]) => [Number(id), member])));
const scene = fc.record({
  live: people,
  wanted: people,
  held: fc.uniqueArray(profile, { maxLength: 2 }),
  mode: fc.constantFrom<MembershipMode>('adding', 'inviting'),
  priority: fc.constantFrom<Priority>('event', 'bulk'),
  failing: fc.array(
    fc.record({
      step: fc.constantFrom<Step>('rename', 'add', 'grant', 'revoke', 'remove', 'reset-link', 'read', 'look'),
      userId: profile,
      kind: fc.constantFrom(...KINDS),
    }),
    { maxLength: 6 },
  ),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** A live chat in which the steps that the scene names always fail. */
class Stage {
  readonly members = new Map<number, boolean>();
  /** The number of admins after each change. */
  readonly admins: number[] = [];
  link = 0;
  readonly #scene: Scene;

  constructor(own: Scene) {
    this.#scene = own;
    for (const [id, { admin }] of own.live) this.members.set(id, admin);
    this.#changed();
  }

  failure(step: Step, userId?: number): SferumErrorKind | undefined {
    return this.#scene.failing.find((f) => f.step === step && (userId === undefined || f.userId === userId))
      ?.kind;
  }

  account(): SferumAccount {
    const made = async (step: Step, userId: number | undefined, change: () => void) => {
      await null;
      const kind = this.failure(step, userId);
      if (kind) throw new SferumError(kind, `${step} fails`);
      change();
      this.#changed();
    };
    const { members } = this;
    const account: Partial<SferumAccount> = {
      ...{ ownerId: OWNER, mode: this.#scene.mode },
      addMember: async (_, id) => {
        await made('add', id, () => members.set(id, members.get(id) ?? false));
        return 'in';
      },
      removeMember: (_, id) => made('remove', id, () => members.delete(id)),
      setAdmin: async (_, id, admin) => {
        if (!members.has(id)) return 'not-in';
        await made(admin ? 'grant' : 'revoke', id, () => members.set(id, admin));
        return 'done';
      },
      renameChat: () => made('rename', undefined, () => {}),
      inviteLink: async () => {
        await made('reset-link', undefined, () => this.link++);
        return String(this.link);
      },
      look: async () => {
        await made('look', undefined, () => {});
        const adminIds = [...members].flatMap(([id, admin]) => (admin ? [id] : []));
        return { titles: [], ownerId: OWNER, adminIds, members: members.size + 1, messages: null };
      },
      readMembers: async () => {
        await made('read', undefined, () => {});
        return [...members].map(([userId, admin]) => ({ userId, admin, waiting: false }));
      },
    };
    return account as SferumAccount;
  }

  #changed(): void {
    this.admins.push([...this.members.values()].filter(Boolean).length);
  }
}

/** Runs one job on the chat as it was last seen, with `handoverSince` as an earlier job has left it. */
async function run(
  own: Scene,
  stage: Stage,
  before: Brought | null,
  nowMs: number,
): Promise<Brought & { failures: Failure[] }> {
  const failures: Failure[] = [];
  const target: SferumTarget = {
    ...{ title: 'new', members: own.wanted, hold: new Set(own.held), ignore: OWNER },
  };
  const progress: Brought = {
    ...{ title: 'old', created: false, seenAt: new Date(0), answers: [] },
    ...{ linkDue: before?.linkDue ?? false, handover: before?.handover ?? false, lacksAdmin: false },
    recorded: { title: null, members: new Map() },
    members: before?.members ?? new Map([...own.live].map(([id, { admin }]) => [id, { admin, state: 'in' }])),
  };
  await takeRounds(stage.account(), target, {
    ...{ ref: REF, call: { priority: own.priority }, progress, failures, now: () => nowMs },
    handoverSince: before?.handover ? new Date(0) : null,
    beforeWriting: async () => {},
    observe(read) {
      for (const [id, { state }] of progress.members) if (state === 'in') progress.members.delete(id);
      for (const { userId, admin } of read) progress.members.set(userId, { admin, state: 'in' });
    },
  });
  return { ...progress, failures };
}

const mustLeave = (own: Scene) =>
  [...own.live.keys()].filter((id) => !own.wanted.has(id) && !own.held.includes(id));

describe('Whatever steps fail', () => {
  const always = (check: (own: Scene, stage: Stage) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(scene, (own) => check(own, new Stage(own))),
      { numRuns: 1_000 },
    );

  it('who must leave and is no admin has left at once, and an admin after HANDOVER_MS at the latest', () =>
    always(async (own, stage) => {
      const first = await run(own, stage, null, 0);
      const canLeave = mustLeave(own).filter((id) => !stage.failure('remove', id));
      for (const id of canLeave) if (!own.live.get(id)!.admin) expect(stage.members.has(id)).toBe(false);
      await run(own, stage, first, HANDOVER_MS);
      for (const id of canLeave) expect(stage.members.has(id)).toBe(false);
    }));

  it('whoever can enter is in', () =>
    always(async (own, stage) => {
      if (own.mode === 'inviting') return;
      await run(own, stage, null, 0);
      for (const id of own.wanted.keys())
        expect(stage.members.has(id) || stage.failure('add', id)).toBeTruthy();
    }));

  it('no chat stays without an admin for whom a grant was possible, nor is without one on the way', () =>
    always(async (own, stage) => {
      const first = await run(own, stage, null, 0);
      const hadAdmin = stage.admins[0]! > 0;
      const last = [...own.wanted].filter(([id, { admin }]) => admin && stage.members.get(id));
      if (hadAdmin && last.length > 0 && !stage.failure('read')) {
        expect(Math.min(...stage.admins)).toBeGreaterThan(0);
      }
      await run(own, stage, first, HANDOVER_MS);
      for (const [id, { admin }] of own.wanted) {
        if (admin && stage.members.has(id))
          expect(stage.members.get(id) || stage.failure('grant', id)).toBeTruthy();
      }
    }));

  it('inviting: the link is made anew where somebody was taken out, or stays to be', () =>
    always(async (own, stage) => {
      if (own.mode === 'adding') return;
      const { linkDue, answers } = await run(own, stage, null, 0);
      const isOut = answers.some(({ step }) => step === 'remove');
      expect(linkDue).toBe(isOut ? stage.failure('reset-link') !== undefined : linkDue);
      if (isOut && !linkDue) expect(stage.link).toBeGreaterThan(0);
    }));

  it('what failed is told, each step once', () =>
    always(async (own, stage) => {
      const { failures } = await run(own, stage, null, 0);
      const names = failures.map(({ step, userId }) => `${step} ${userId}`);
      expect(new Set(names).size).toBe(names.length);
      for (const { step, userId, error } of failures) {
        expect(stage.failure(step as Step, userId)).toBe(error.kind);
      }
    }));
});
