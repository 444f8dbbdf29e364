/**
 * Which people of a list are people who were there before under other ids (K4). Pure.
 *
 * The whole name must be the same, one role too, and birth dates that are known on both sides. Besides the name
 * something else must speak for a pair: the birth date, the VK profile, a class or group, a parent or child of the same
 * name, or an adult's name in full, with the patronymic.
 */
import type { Role } from '../desired/model.ts';
import { isPupil } from '../desired/roles.ts';

export interface NamedPerson {
  id: string;
  /** The name, folded (`personNameKey`). */
  nameKey: string;
  birthDate: string | null;
  roles: readonly Role[];
  vkUserId: number | null;
  /** Classes and groups where the person learns or teaches, each by its id and by its title. */
  units: ReadonlySet<string>;
  /** The folded names of the person's parents or children. */
  kin: ReadonlySet<string>;
}

/** What speaks for a pair besides the name and a role. */
export const EVIDENCE = ['birth-date', 'profile', 'unit', 'kin', 'full-name'] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** Why a pair is no proposal: others may be meant as well, or СГО names another VK profile than the one linked. */
export const DOUBTS = ['namesake', 'profile'] as const;
export type Doubt = (typeof DOUBTS)[number];

export interface PersonMatch {
  oldId: string;
  newId: string;
  evidence: Evidence[];
  doubt: Doubt | null;
}

/** Pairs of those who are gone with those who have come, sorted as `come` is. Each that may be is there. */
export function matchPeople(gone: readonly NamedPerson[], come: readonly NamedPerson[]): PersonMatch[] {
  const goneBy = Map.groupBy(gone, ({ nameKey }) => nameKey);
  const pairs = come.flatMap((after) =>
    after.nameKey === '' ? [] : (goneBy.get(after.nameKey) ?? []).flatMap((before) => pairOf(before, after)),
  );
  return withDoubts(withoutOutdone(pairs));
}

type Pair = Omit<PersonMatch, 'doubt'> & { differs: boolean };

function pairOf(before: NamedPerson, after: NamedPerson): Pair[] {
  const isKnown = before.birthDate !== null && after.birthDate !== null;
  if (isKnown && before.birthDate !== after.birthDate) return [];
  if (!before.roles.some((role) => after.roles.includes(role))) return [];
  const profiles = [before.vkUserId, after.vkUserId];
  const isLinked = !profiles.includes(null);
  const said: Record<Evidence, boolean> = {
    'birth-date': isKnown,
    profile: isLinked && before.vkUserId === after.vkUserId,
    unit: meet(before.units, after.units),
    kin: meet(before.kin, after.kin),
    'full-name': !isPupil(before) && !isPupil(after) && before.nameKey.split(' ').length > 2,
  };
  const evidence = EVIDENCE.filter((one) => said[one]);
  const differs = isLinked && !said.profile;
  return evidence.length === 0 ? [] : [{ oldId: before.id, newId: after.id, evidence, differs }];
}

const meet = (some: ReadonlySet<string>, others: ReadonlySet<string>) =>
  [...some].some((one) => others.has(one));

/** A VK profile is one person's: where both sides name it, namesakes of the two are not meant. */
function withoutOutdone(pairs: readonly Pair[]): Pair[] {
  const sure = pairs.filter(({ evidence }) => evidence.includes('profile'));
  const settled = new Set(sure.flatMap(sidesOf));
  return pairs.filter((pair) => sure.includes(pair) || !sidesOf(pair).some((side) => settled.has(side)));
}

function withDoubts(pairs: readonly Pair[]): PersonMatch[] {
  const count = new Map<string, number>();
  for (const side of pairs.flatMap(sidesOf)) count.set(side, (count.get(side) ?? 0) + 1);
  return pairs.map(({ differs, ...pair }) => {
    const isAlone = sidesOf(pair).every((side) => count.get(side) === 1);
    return { ...pair, doubt: differs ? 'profile' : isAlone ? null : 'namesake' };
  });
}

const sidesOf = ({ oldId, newId }: Pick<Pair, 'oldId' | 'newId'>) => [`old ${oldId}`, `new ${newId}`];
