import type { PlanCounts } from './model.ts';

/** What two plans come to together. */
export function sumOf(one: PlanCounts, other: PlanCounts): PlanCounts {
  return {
    chats: summed(one.chats, other.chats),
    members: summed(one.members, other.members),
    admins: summed(one.admins, other.admins),
    pending: summed(one.pending, other.pending),
    held: one.held + other.held,
  };
}

function summed<Figures extends object>(one: Figures, other: Figures): Figures {
  const sums = Object.entries<number>(one as Record<string, number>).map(([name, figure]) => [
    name,
    figure + (other as Record<string, number>)[name]!,
  ]);
  return Object.fromEntries(sums) as Figures;
}
