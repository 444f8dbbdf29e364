/**
 * F4: where a plan has more removals than the limits allow, the removals wait, and nothing else does.
 *
 * The guard counts removals that nobody asked for by name, those of strangers included. It never holds a removal that
 * an order or a person asked for. It lets through what was approved for its chat and does not count it again.
 *
 * A removal that an operation holds already stays held until it is approved. It still counts in its chat, because a
 * chat waits for one decision as a whole. It does not count in the school, because one hold that waits must not stop
 * every later change.
 *
 * A run is everything that is planned at once: an initialisation, an import, the events of one batch.
 */
import type { GuardBreach, RemovalLimits } from './model.ts';

export interface GuardedRemoval {
  chatId: string;
  /** An order or a person asked for it by name. */
  isAsked: boolean;
  /** An operation holds it already. */
  isHeld: boolean;
}

interface GuardInput<Removal extends GuardedRemoval> {
  removals: readonly Removal[];
  /** How many people the lists of the run's chats have now. */
  membersOf: ReadonlyMap<string, number>;
  limits: RemovalLimits;
  approvedChatIds: ReadonlySet<string>;
  /** The memberships of the run where it concerns more chats than are planned. Default: those of `membersOf`. */
  runMembers?: number | undefined;
  /** The memberships of the whole school. Removals of the last day count in its share too. */
  schoolMembers: number;
  alreadyRemovedInSchool: number;
}

/** Says which removals wait, and which limits were passed (sorted: run, school, chats by id). */
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
    const removals = byChat.get(chatId) ?? [];
    const breach: GuardBreach = {
      scope: 'chat',
      chatId,
      removals: removals.length,
      members: input.membersOf.get(chatId) ?? 0,
      limitShare: limits.chatShare,
      limitAtLeast: limits.chatAtLeast,
    };
    const isNew = removals.some(({ isHeld }) => !isHeld);
    if (!isNew || !isPassed(breach)) continue;
    stopped.add(chatId);
    breaches.push(breach);
  }
  const held = countable.filter(
    (removal) => removal.isHeld || wide.length > 0 || stopped.has(removal.chatId),
  );
  return { held: new Set(held), breaches };
}

/** A limit is passed by more removals than its share, and by no fewer than its number. */
function isPassed({ removals, members, limitShare, limitAtLeast }: GuardBreach): boolean {
  return removals >= limitAtLeast && removals > members * limitShare;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
