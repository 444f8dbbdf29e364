/**
 * D14: in Sferum the owning account counts as an admin, so a chat is never without one. An admin who must go, or be
 * one no more, waits for a successor all the same – until another is confirmed, none is to come any more, or
 * HANDOVER_MS have passed. Nobody else waits for anything.
 */
import type { LiveMember, SferumStep, SferumTarget } from './steps.ts';

export const HANDOVER_MS = 10 * 60_000;

type Wanted = Pick<SferumTarget, 'members' | 'ignore'>;
type Live = ReadonlyMap<number, LiveMember>;

/**
 * Those of `steps` that wait for a successor. `lost`: who was to become an admin and cannot be (his addition or his
 * grant was refused). `isOverdue`: they have waited long enough.
 */
export function waitingForSuccessor(
  steps: readonly SferumStep[],
  target: Wanted,
  live: Live,
  { lost, isOverdue }: { lost: ReadonlySet<number>; isOverdue: boolean },
): SferumStep[] {
  if (isOverdue || hasAdmin(target, live)) return [];
  const isSomebodyToCome = steps.some((s) => s.step === 'grant' && !lost.has(s.userId));
  if (!isSomebodyToCome) return [];
  return steps.filter(
    (s) => (s.step === 'revoke' || s.step === 'remove') && live.get(s.userId)?.admin === true,
  );
}

/** Somebody whom Sferum knows is to be its admin, none of them is one: the owning account alone administers it. */
export function lacksAdmin(target: Wanted, live: Live): boolean {
  if (hasAdmin(target, live)) return false;
  return [...target.members].some(([id, { admin }]) => {
    const state = live.get(id)?.state;
    return admin && id !== target.ignore && state !== undefined && state !== 'waiting';
  });
}

/** A wanted admin is one, seen so; the owner, where he is wanted as one, always is (A10). */
function hasAdmin(target: Wanted, live: Live): boolean {
  return [...target.members].some(([id, { admin }]) => {
    if (!admin) return false;
    const there = live.get(id);
    return id === target.ignore || (there?.state === 'in' && there.admin);
  });
}
