/**
 * K4: a class that comes back under a new id continues the old one, and the chats of the old one go on with it under
 * the same ids.
 *
 * The chats pass on as soon as the new class is current and has none of its own. From then on the old class gets no
 * chats, as if it were over. Whoever was in stays until a place in another class is known (moving.ts).
 * A subject group of the new class goes on with the chat of the old class's group of the same name. The name is
 * compared without the class's own («5А/География», «6А/География»), and one that two groups have says nothing.
 */
import type { AutomaticChat } from './draft.ts';
import { groupLifetime, lifetimeOf } from './lifetime.ts';
import {
  type ChatFact,
  type ClassFact,
  chatKey,
  type Day,
  type GroupFact,
  type RosterFacts,
} from './model.ts';
import { compareText } from './names.ts';

export interface Succession {
  /** The classes that a class continues, the nearest first. */
  oldClasses(classId: string): readonly string[];
  /** The groups that a group continues, the nearest first. */
  oldGroups(groupId: string): readonly string[];
  /** Whether a current class or group continues this one, so that it gets no chats any more. */
  isContinued(unit: 'class' | 'group', id: string): boolean;
  /** Whether nobody has said yet if this class or group continues another, so that it gets no chats yet. */
  isUndecided(unit: 'class' | 'group', id: string): boolean;
}

const NONE: readonly string[] = [];

/** Indexes who continues whom on a day. It costs nothing where no class continues another. */
export function successionOf(facts: RosterFacts, day: Day): Succession {
  const heirs = [...facts.classes.values()]
    .filter((one) => oldOf(one) !== null)
    .sort((a, b) => compareText(a.id, b.id));
  const oldClasses = new Map(heirs.map((heir) => [heir.id, chainOf(heir, facts.classes)]));
  const isCurrent = (id: string) => {
    const one = facts.classes.get(id);
    return one !== undefined && lifetimeOf(one, day) === 'current';
  };
  const decided = heirs.filter(({ id, continues }) => continues && isCurrent(id));
  const continued = new Set(decided.flatMap(({ id }) => oldClasses.get(id) ?? NONE));
  const groups = groupsOf(facts, oldClasses);
  const continuedGroups = new Set<string>();
  const undecidedGroups = new Set<string>();
  for (const [id, old] of groups) {
    const group = facts.groups.get(id);
    const ofClass = facts.classes.get(group?.classId ?? '');
    if (!group || !ofClass) continue;
    if (!ofClass.continues) undecidedGroups.add(id);
    else if (groupLifetime(group, ofClass, day) === 'current')
      for (const one of old) continuedGroups.add(one);
  }
  const isOpen = (one: ClassFact | undefined) => one !== undefined && !one.continues && oldOf(one) !== null;
  return {
    oldClasses: (id) => oldClasses.get(id) ?? NONE,
    oldGroups: (id) => groups.get(id) ?? NONE,
    isContinued: (unit, id) => (unit === 'class' ? continued : continuedGroups).has(id),
    isUndecided: (unit, id) => (unit === 'class' ? isOpen(facts.classes.get(id)) : undecidedGroups.has(id)),
  };
}

/** Passes chats on to the units that continue others: the chat then stands under its new key. It changes `chats`. */
export function passOn(
  rules: readonly AutomaticChat[],
  chats: Map<string, ChatFact>,
  spent: ReadonlySet<string>,
): void {
  for (const { key, wanted, oldKeys } of rules) {
    if (!wanted || chats.has(key) || spent.has(key)) continue;
    const old = oldKeys.find((one) => chats.has(one) || spent.has(one));
    const chat = old === undefined ? undefined : chats.get(old);
    if (old === undefined || !chat) continue;
    chats.delete(old);
    chats.set(key, chat);
  }
}

/** The keys that the chats of a unit had before it came under its present id. */
export function oldKeysOf(type: AutomaticChat['type'], oldIds: readonly string[]): string[] {
  return oldIds.map((id) => chatKey(type, id));
}

const oldOf = ({ continues, mayContinue }: ClassFact) => continues ?? mayContinue ?? null;

/** The chain of old classes. It ends where the next one was there already. */
function chainOf(heir: ClassFact, classes: ReadonlyMap<string, ClassFact>): string[] {
  const chain: string[] = [];
  let next = oldOf(heir);
  while (next !== null && next !== heir.id && !chain.includes(next)) {
    chain.push(next);
    next = classes.get(next)?.continues ?? null;
  }
  return chain;
}

/** Group → the groups it continues. */
function groupsOf(
  { classes, groups }: RosterFacts,
  oldClasses: ReadonlyMap<string, readonly string[]>,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (oldClasses.size === 0) return found;
  const byClass = Map.groupBy(groups.values(), ({ classId }) => classId ?? '');
  const named = (classId: string) => namedGroups(classes.get(classId), byClass.get(classId) ?? []);
  for (const [classId, old] of oldClasses) {
    const before = old.map(named);
    for (const [name, id] of named(classId)) {
      const ids = before.flatMap((one) => one.get(name) ?? []).filter((one) => one !== id);
      if (ids.length > 0) found.set(id, ids);
    }
  }
  return found;
}

/** Name without the class's → group; names that two groups have are left out. */
function namedGroups(ofClass: ClassFact | undefined, groups: readonly GroupFact[]): Map<string, string> {
  const own = ofClass?.title ?? '';
  const names = Map.groupBy(groups, ({ title }) =>
    own !== '' && title.startsWith(own) ? title.slice(own.length) : title,
  );
  return new Map(
    [...names].flatMap(([name, all]) => (all.length === 1 ? all.map(({ id }) => [name, id]) : [])),
  );
}
