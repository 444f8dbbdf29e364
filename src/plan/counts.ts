import type { PlanCounts } from './model.ts';

/** Gives the counts of two plans together. */
export function sumOf(one: PlanCounts, other: PlanCounts): PlanCounts {
  return {
    chats: summed(one.chats, other.chats),
    members: summed(one.members, other.members),
    admins: summed(one.admins, other.admins),
    pending: summed(one.pending, other.pending),
    held: one.held + other.held,
  };
}

/** Sums figure by figure. */
function summed<Name extends string>(
  one: Record<Name, number>,
  other: Record<Name, number>,
): Record<Name, number> {
  const sums = { ...one };
  for (const name in other) sums[name] += other[name];
  return sums;
}
