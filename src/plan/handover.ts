/**
 * D14: an admin who must go waits for a successor.
 *
 * In Sferum the owning account counts as an admin, so a chat is never without one. An admin who must leave, or lose
 * the right, waits all the same. The wait ends when another admin is confirmed, when none is to come any more, or
 * after HANDOVER_MS. Nobody else waits for anything.
 */
import type { LiveMember, SferumStep, SferumTarget } from './steps.ts';

export const HANDOVER_MS = 10 * 60_000;

type Wanted = Pick<SferumTarget, 'members' | 'ignore'>;
type Live = ReadonlyMap<number, LiveMember>;

/**
 * The steps that wait for a successor.
 * `lost`: people who were to become admins and cannot, because Sferum refused their addition or their grant.
 * `isOverdue`: the wait has lasted HANDOVER_MS.
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

/** Whether the owning account alone administers the chat although a person in it should be its admin. */
export function lacksAdmin(target: Wanted, live: Live): boolean {
  if (hasAdmin(target, live)) return false;
  return [...target.members].some(([id, { admin }]) => {
    const state = live.get(id)?.state;
    return admin && id !== target.ignore && state !== undefined && state !== 'waiting';
  });
}

/**
 * Whether an admin of the target was seen as one in the chat. The owner counts always, if the target has the owner as
 * an admin (A10).
 */
function hasAdmin(target: Wanted, live: Live): boolean {
  return [...target.members].some(([id, { admin }]) => {
    if (!admin) return false;
    const there = live.get(id);
    return id === target.ignore || (there?.state === 'in' && there.admin);
  });
}
