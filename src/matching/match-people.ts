/**
 * Which people of a list are people who were there before under other ids (K4), told by name and birth date. Pure.
 *
 * A pair counts only where nobody else on either side could be meant. Birth dates that are known on both sides must be
 * equal, and so must one role.
 */
import type { Role } from '../desired/model.ts';

export interface NamedPerson {
  id: string;
  /** The name, folded (`personNameKey`). */
  nameKey: string;
  birthDate: string | null;
  roles: readonly Role[];
}

/** Pairs of those who are gone with those who have come, sorted as `come` is. */
export function matchPeople(
  gone: readonly NamedPerson[],
  come: readonly NamedPerson[],
): { oldId: string; newId: string }[] {
  const goneBy = Map.groupBy(gone, ({ nameKey }) => nameKey);
  const comeBy = Map.groupBy(come, ({ nameKey }) => nameKey);
  return come.flatMap((one) => {
    if (one.nameKey === '') return [];
    const [old, other] = (goneBy.get(one.nameKey) ?? []).filter((before) => mayBe(before, one));
    if (old === undefined || other !== undefined) return [];
    const rivals = (comeBy.get(one.nameKey) ?? []).filter((after) => mayBe(old, after));
    return rivals.length === 1 ? [{ oldId: old.id, newId: one.id }] : [];
  });
}

function mayBe(before: NamedPerson, after: NamedPerson): boolean {
  const dates = [before.birthDate, after.birthDate];
  return (
    (dates.includes(null) || before.birthDate === after.birthDate) &&
    before.roles.some((role) => after.roles.includes(role))
  );
}
