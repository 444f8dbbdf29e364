/**
 * The calls that bring one live chat to its target, in the order they are made (rule 8):
 *   create · rename · adds · grants · revokes · (new invite link) · removals
 * Additions and admins come before removals, so the chat is at no moment without an admin if there is one to come.
 */
import type { LiveState, MembershipMode } from './model.ts';

/** How many people a chat is created with; the others are added one by one. */
export const FIRST_MEMBERS_PER_CREATE = 200;

/** What a live chat must be. Keys are messenger profiles: two accounts of one VK ID are one member (A7). */
export interface SferumTarget {
  title: string;
  members: ReadonlyMap<number, { admin: boolean }>;
  /** Held removals (F4): not wanted, but not taken out. */
  hold: ReadonlySet<number>;
  /** The account that owns the chat: never a member, never a stranger (D12). */
  ignore: number | null;
}

export interface LiveMember {
  admin: boolean;
  state: LiveState;
  /** Not wanted, and an operation holds the removal (F4). */
  held?: true;
}

/** A live chat as it was last seen, with what is known of people who could not be brought in. */
export interface SferumActual {
  title: string;
  members: ReadonlyMap<number, LiveMember>;
}

export type SferumStep =
  | { step: 'create'; title: string; members: readonly number[] }
  | { step: 'rename'; title: string }
  | { step: 'add' | 'grant' | 'revoke' | 'remove'; userId: number }
  /** Inviting: before anybody is taken out, the link by which the person came in is made void (D8). */
  | { step: 'reset-link' };

/** The steps of one live chat; `actual` null: it does not exist yet. Sorted, deterministic; empty: nothing to do. */
export function sferumSteps(
  target: SferumTarget,
  actual: SferumActual | null,
  mode: MembershipMode,
): SferumStep[] {
  const live: ReadonlyMap<number, LiveMember> = actual?.members ?? new Map<number, LiveMember>();
  const wanted = [...target.members.keys()].filter((id) => id !== target.ignore).sort(byNumber);
  const steps: SferumStep[] = [];

  const absent = mode === 'adding' ? wanted.filter((id) => !live.has(id)) : [];
  if (!actual) {
    const first = adminsFirst(absent, target).slice(0, FIRST_MEMBERS_PER_CREATE).sort(byNumber);
    const rest = absent.filter((id) => !first.includes(id));
    steps.push({ step: 'create', title: target.title, members: first }, ...each('add', rest));
  } else {
    if (actual.title !== target.title) steps.push({ step: 'rename', title: target.title });
    steps.push(...each('add', absent));
  }

  const isIn = (id: number) => live.get(id)?.state === 'in';
  const willBeIn = new Set(absent);
  const isAdmin = (id: number) => live.get(id)?.admin === true;
  const grants = wanted.filter(
    (id) => target.members.get(id)?.admin && !(isIn(id) && isAdmin(id)) && (isIn(id) || willBeIn.has(id)),
  );
  const revokes = wanted.filter((id) => !target.members.get(id)?.admin && isIn(id) && isAdmin(id));
  const removals = strangersOf(target, live).filter((id) => !target.hold.has(id));

  steps.push(...each('grant', grants), ...each('revoke', revokes));
  if (mode === 'inviting' && removals.length > 0) steps.push({ step: 'reset-link' });
  steps.push(...each('remove', removals));
  return steps;
}

/**
 * Gives the people who are in, or invited, without being wanted, sorted. Held ones are among them. The owner is not.
 */
export function strangersOf(
  target: Pick<SferumTarget, 'members' | 'ignore'>,
  live: ReadonlyMap<number, LiveMember>,
): number[] {
  const strangers: number[] = [];
  for (const [id, { state }] of live) {
    const isThere = state === 'in' || state === 'waiting';
    if (isThere && id !== target.ignore && !target.members.has(id)) strangers.push(id);
  }
  return strangers.sort(byNumber);
}

/** True where an admin changes, so that a look must confirm it. The steps take one call each. */
export function needLook(steps: readonly SferumStep[]): boolean {
  return steps.some(({ step }) => step === 'grant' || step === 'revoke');
}

function each(step: 'add' | 'grant' | 'revoke' | 'remove', userIds: readonly number[]): SferumStep[] {
  return userIds.map((userId) => ({ step, userId }));
}

function adminsFirst(userIds: readonly number[], target: SferumTarget): number[] {
  const isAdmin = (id: number) => Number(target.members.get(id)?.admin ?? false);
  return userIds.toSorted((a, b) => isAdmin(b) - isAdmin(a) || a - b);
}

function byNumber(a: number, b: number): number {
  return a - b;
}
