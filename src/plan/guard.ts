/**
 * F4, the blast radius: more removals than the limits allow hold the removals – and nothing else.
 *
 * Counted are removals nobody asked for by name, strangers included. What an order or a person ended is never
 * held; what was approved for its chat goes on and is not counted again.
 * A removal that an operation holds already stays held until approved. It still counts in its chat, which waits
 * for one decision as a whole, but not in the school: one waiting hold must not stop every later change.
 */
import type { GuardBreach, RemovalLimits } from './model.ts';

export interface GuardedRemoval {
  chatId: string;
  /** An order or a person asked for it by name. */
  isAsked: boolean;
  /** An operation holds it already. */
  isHeld: boolean;
}

export interface GuardInput<Removal extends GuardedRemoval> {
  removals: readonly Removal[];
  /** СГО members of the run's chats now. */
  membersOf: ReadonlyMap<string, number>;
  limits: RemovalLimits;
  approvedChatIds: ReadonlySet<string>;
  /** СГО members of the run where it has more chats than are planned; left out: those of `membersOf`. */
  runMembers?: number | undefined;
  /** СГО memberships of the whole school, and how many were taken out lately: the school's share. */
  schoolMembers: number;
  alreadyRemovedInSchool: number;
}

/** Which removals wait, and which limits were passed (sorted: run, school, chats by id). */
export function guard<Removal extends GuardedRemoval>(
  input: GuardInput<Removal>,
): { held: Set<Removal>; breaches: GuardBreach[] } {
  const { limits, approvedChatIds } = input;
  const countable = input.removals.filter(({ isAsked, chatId }) => !isAsked && !approvedChatIds.has(chatId));
  const fresh = countable.filter(({ isHeld }) => !isHeld).length;

  const schoolLimit = { limitShare: limits.schoolShare, limitAtLeast: limits.schoolAtLeast };
  const runMembers = input.runMembers ?? sum(input.membersOf.values());
  const inSchool = fresh === 0 ? 0 : fresh + input.alreadyRemovedInSchool;
  const wide: GuardBreach[] = [
    { scope: 'run', removals: fresh, members: runMembers, ...schoolLimit } as const,
    { scope: 'school', removals: inSchool, members: input.schoolMembers, ...schoolLimit } as const,
  ].filter(isPassed);

  const breaches = [...wide];
  const stopped = new Set<string>();
  const byChat = Map.groupBy(countable, ({ chatId }) => chatId);
  for (const chatId of [...byChat.keys()].sort()) {
    const breach: GuardBreach = {
      scope: 'chat',
      chatId,
      removals: byChat.get(chatId)!.length,
      members: input.membersOf.get(chatId) ?? 0,
      limitShare: limits.chatShare,
      limitAtLeast: limits.chatAtLeast,
    };
    const isNew = byChat.get(chatId)!.some(({ isHeld }) => !isHeld);
    if (!isNew || !isPassed(breach)) continue;
    stopped.add(chatId);
    breaches.push(breach);
  }
  const held = countable.filter(
    (removal) => removal.isHeld || wide.length > 0 || stopped.has(removal.chatId),
  );
  return { held: new Set(held), breaches };
}

/** More than the share, and at least the number. */
function isPassed({ removals, members, limitShare, limitAtLeast }: GuardBreach): boolean {
  return removals >= limitAtLeast && removals > members * limitShare;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
