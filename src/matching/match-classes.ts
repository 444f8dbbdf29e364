/**
 * Which class that is over comes back as which new one (K4), told by the pupils that both have. Pure.
 *
 * A pair is proposed where each is the other's best by far enough: the common pupils are at least half of the bigger
 * class, and no other class has as many of them. So a class that is split evenly, or two that are merged, are proposed
 * to nobody.
 */
import { compareText } from '../desired/names.ts';

export interface ClassPupils {
  id: string;
  pupils: ReadonlySet<string>;
}

interface ClassMatch {
  newId: string;
  oldId: string;
  /** Pupils whom both have. */
  common: number;
  oldPupils: number;
  newPupils: number;
}

/** At least this share of the bigger class must be common. */
export const COMMON_AT_LEAST = 0.5;

/** Proposes pairs, one to one, sorted by the new class. */
export function matchClasses(old: readonly ClassPupils[], fresh: readonly ClassPupils[]): ClassMatch[] {
  const pairs = pairsOf(old, fresh);
  const bestOfNew = bestBy(pairs, ({ newId }) => newId);
  const bestOfOld = bestBy(pairs, ({ oldId }) => oldId);
  return pairs
    .filter((pair) => shareOf(pair) >= COMMON_AT_LEAST)
    .filter((pair) => bestOfNew.get(pair.newId) === pair && bestOfOld.get(pair.oldId) === pair)
    .sort((a, b) => compareText(a.newId, b.newId));
}

/** The common pupils as a share of the bigger class, 0 to 1. */
export function shareOf({ common, oldPupils, newPupils }: Omit<ClassMatch, 'newId' | 'oldId'>): number {
  return common / Math.max(oldPupils, newPupils, 1);
}

/** The pairs that have pupils in common. It costs one pass over the pupils. */
function pairsOf(old: readonly ClassPupils[], fresh: readonly ClassPupils[]): ClassMatch[] {
  const oldOf = new Map<string, ClassPupils[]>();
  for (const one of old) {
    for (const pupil of one.pupils) oldOf.set(pupil, [...(oldOf.get(pupil) ?? []), one]);
  }
  return fresh.flatMap((one) => {
    const common = new Map<ClassPupils, number>();
    for (const pupil of one.pupils) {
      for (const before of oldOf.get(pupil) ?? []) common.set(before, (common.get(before) ?? 0) + 1);
    }
    return [...common].map(([before, n]) => ({
      ...{ newId: one.id, oldId: before.id, common: n },
      ...{ oldPupils: before.pupils.size, newPupils: one.pupils.size },
    }));
  });
}

/** Gives for each class the pair with the most in common. A class in which two pairs have as many gets none. */
function bestBy(
  pairs: readonly ClassMatch[],
  key: (pair: ClassMatch) => string,
): Map<string, ClassMatch | null> {
  const best = new Map<string, ClassMatch | null>();
  for (const [id, own] of Map.groupBy(pairs, key)) {
    const [first, second] = own.toSorted((a, b) => b.common - a.common);
    best.set(id, first && second?.common !== first.common ? first : null);
  }
  return best;
}
