/**
 * Which people of a list are people who were there before under other ids (K4). Pure.
 *
 * The whole name must be the same, one role too, and birth dates that are known on both sides. Something else should
 * speak for a pair: the birth date, the VK profile, a class or group, a parent or child of the same name, or an adult's
 * name in full, with the patronymic.
 *
 * The name alone asks too, in doubt, so that nobody leaves a chat unasked, where neither of the two has a pair with
 * more. On an ordinary day, though, one person may leave and an unrelated namesake come. So they are two people where
 * their classes and groups, or their parents and children, are known on both sides and none is the same. Where more
 * people than by chance come under the names of those who are gone, the ids have changed, maybe with those of classes,
 * and the difference says nothing. A question that was asked stays until it is answered.
 */
import type { Role } from '../desired/model.ts';
import { isPupil } from '../desired/roles.ts';
import type { Renaming } from '../store/renaming.ts';

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

/**
 * Why a pair is in doubt: others may be meant as well, СГО names another VK profile than the one linked, or nothing
 * speaks for the pair but the name.
 */
export const DOUBTS = ['namesake', 'profile', 'name'] as const;
export type Doubt = (typeof DOUBTS)[number];

export interface PersonMatch extends Renaming {
  evidence: Evidence[];
  doubt: Doubt | null;
}

/** What was said of pairs before, by the new id and the old one: a person is being asked, or they are two people. */
type SaidOfPairs = ReadonlyMap<string, ReadonlyMap<string, Word>>;
type Word = 'open' | 'other';

/** At most so many people come by chance in one list under the names of people who are gone from it. */
const NAMESAKES_BY_CHANCE = 3;

/**
 * A name that makes more pairs says nothing about who is who, as in a list without real names. Alone it asks nothing.
 */
const PAIRS_OF_A_NAME = 100;

/** Pairs of those who are gone with those who have come. Each that may be is there, but for those that were refused. */
export function matchPeople(
  gone: readonly NamedPerson[],
  come: readonly NamedPerson[],
  said: SaidOfPairs = new Map(),
): PersonMatch[] {
  const goneBy = Map.groupBy(gone, ({ nameKey }) => nameKey);
  const pairs = [...Map.groupBy(come, ({ nameKey }) => nameKey)].flatMap(([nameKey, now]) =>
    nameKey === '' ? [] : pairsOf(goneBy.get(nameKey) ?? [], now),
  );
  const isSaid = (word: Word, { oldId, newId }: Renaming) => said.get(newId)?.get(oldId) === word;
  const mayBe = (pair: Renaming) => !isSaid('other', pair);
  const withMore = withDoubts(withoutOutdone(pairs.filter(({ evidence }) => evidence.length > 0))).filter(
    mayBe,
  );
  const idsChanged = peopleIn(pairs) > NAMESAKES_BY_CHANCE;
  const isAsked = (pair: Pair) => !pair.isApart || idsChanged || isSaid('open', pair);
  return [...withMore, ...byNameAlone(pairs, withMore).filter(mayBe).filter(isAsked).map(withDoubt('name'))];
}

/** Gives the pairs for which nothing but the name speaks, and nothing else speaks for either side. */
function byNameAlone(pairs: readonly Pair[], withMore: readonly Renaming[]): Pair[] {
  const found = new Set(withMore.flatMap(sidesOf));
  return pairs.filter(
    (pair) => pair.evidence.length === 0 && !pair.differs && !sidesOf(pair).some((side) => found.has(side)),
  );
}

const withDoubt =
  (doubt: Doubt | null) =>
  ({ oldId, newId, evidence }: Pair): PersonMatch => ({ oldId, newId, evidence, doubt });

/** How many people of a list the pairs are about. */
export const peopleIn = (pairs: readonly Renaming[]) => new Set(pairs.map(({ newId }) => newId)).size;

interface Pair extends Omit<PersonMatch, 'doubt'> {
  /** The VK profiles are known and differ. */
  differs: boolean;
  /** Classes and groups are known of both, or parents and children are, and nothing of it is the same. */
  isApart: boolean;
}

/** All of `gone` and `come` have the same name. */
function pairsOf(gone: readonly NamedPerson[], come: readonly NamedPerson[]): Pair[] {
  const isName = gone.length * come.length <= PAIRS_OF_A_NAME;
  return come.flatMap((after) =>
    gone.flatMap((before) => pairOf(before, after).filter(({ evidence }) => isName || evidence.length > 0)),
  );
}

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
  const isApart =
    [before, after].every(({ units }) => units.size > 0) || [before, after].every(({ kin }) => kin.size > 0);
  return [{ oldId: before.id, newId: after.id, evidence, differs: isLinked && !said.profile, isApart }];
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
  return pairs.map((pair) => {
    const isAlone = sidesOf(pair).every((side) => count.get(side) === 1);
    return withDoubt(pair.differs ? 'profile' : isAlone ? null : 'namesake')(pair);
  });
}

const sidesOf = ({ oldId, newId }: Renaming) => [`old ${oldId}`, `new ${newId}`];
