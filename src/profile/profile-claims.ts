/**
 * Decides who has a VK ID (A7), from the statements about it and from who is present now. Pure. The order in which the
 * statements arrive does not matter. «Present» means in the roster and not departed.
 *
 *  1. Among present people the earliest statement about a VK ID holds. Adults may share a VK ID, and a pupil shares it
 *     with nobody.
 *  2. Of the statements about one person the latest one that can hold does. A statement of an import counts as earlier
 *     than all others. A later statement that cannot hold yet waits, and holds as soon as it can.
 *  3. The claim of a person who is gone blocks nobody. If a present person has taken the VK ID meanwhile, the claim has
 *     yielded: when its person is back, its turn is after the other one's (`rankedAt`), and it waits.
 */

import { sure } from '../sure.ts';

/** A statement that a person has a VK ID. `person` is the caller's key for one person of one school. */
export interface Claim {
  person: string;
  vkUserId: number;
  /** When it was stated, ISO 8601 UTC with ms. */
  at: string;
  by: string;
  /** The time that decides its turn, where that is later than the statement. */
  rankedAt: string | null;
  /** For an import: the user in its file, because a file may have one user in several schools. Null for no import. */
  inFile: string | null;
}

export interface Claimant {
  /** True where the person is in the roster and has not departed. */
  isHere: boolean;
  isPupil: boolean;
  /** True where the roster never had the person, so that the person cannot have left it either. */
  isUnknown: boolean;
}

export interface Verdict {
  holds: Claim | null;
  /** Claims that are newer than the one that holds and that another person's claim blocks. */
  waits: Claim[];
}

/** Judges every person about whom there is a claim. `claimants` must have all of them. */
export function judgeClaims(
  claims: readonly Claim[],
  claimants: ReadonlyMap<string, Claimant>,
): Map<string, Verdict> {
  const isHere = ({ person }: Claim) => sure(claimants.get(person)).isHere;
  const held = new Holdings(claimants);
  const waiting: Claim[] = [];
  for (const claim of claims.filter(isHere).sort(byTurn)) {
    const wasFree = held.take(claim);
    if (wasFree === 'taken') waiting.push(claim);
    // The person's former VK ID is free now, and that may let one waiting claim after another hold.
    else if (wasFree === 'moved') while (waiting.some((one) => held.take(one) === 'moved'));
  }
  const verdicts = new Map<string, Verdict>();
  for (const [person, own] of Map.groupBy(claims, (claim) => claim.person)) {
    const { isHere, isUnknown } = sure(claimants.get(person));
    const newestFirst = own.toSorted(byStamp).reverse();
    const holds = isHere
      ? held.of(person)
      : (newestFirst.find((claim) => held.inTheWay(claim).length === 0) ?? null);
    const waits = newestFirst
      .slice(0, holds ? newestFirst.indexOf(holds) : undefined)
      .filter((claim) => held.inTheWay(claim).length > 0);
    verdicts.set(person, {
      holds,
      waits: isHere || isUnknown ? waits : waits.map((claim) => yielded(claim, held.inTheWay(claim))),
    });
  }
  return verdicts;
}

/** The claims that hold so far, among present people. */
class Holdings {
  readonly #claimants: ReadonlyMap<string, Claimant>;
  readonly #byPerson = new Map<string, Claim>();
  readonly #byProfile = new Map<number, Set<Claim>>();

  constructor(claimants: ReadonlyMap<string, Claimant>) {
    this.#claimants = claimants;
  }

  of(person: string): Claim | null {
    return this.#byPerson.get(person) ?? null;
  }

  /** Returns the holding claims of others with which this claim cannot share the VK ID. */
  inTheWay({ person, vkUserId, inFile }: Claim): Claim[] {
    const isPupil = (id: string) => sure(this.#claimants.get(id)).isPupil;
    const others = [...(this.#byProfile.get(vkUserId) ?? [])].filter(
      (one) => one.person !== person && (inFile === null || one.inFile !== inFile),
    );
    return others.filter((other) => isPupil(person) || isPupil(other.person));
  }

  /**
   * Lets a claim hold if it can. `taken` says that another person's claim blocks it. `moved` says that the person had
   * another claim until now. `kept` says that the person's present claim is as new or newer.
   */
  take(claim: Claim): 'taken' | 'moved' | 'kept' | 'new' {
    const before = this.#byPerson.get(claim.person);
    if (before && byStamp(before, claim) >= 0) return 'kept';
    if (this.inTheWay(claim).length > 0) return 'taken';
    if (before) sure(this.#byProfile.get(before.vkUserId)).delete(before);
    this.#byPerson.set(claim.person, claim);
    const holders = this.#byProfile.get(claim.vkUserId) ?? new Set();
    this.#byProfile.set(claim.vkUserId, holders.add(claim));
    return before ? 'moved' : 'new';
  }
}

const turnOf = ({ at, rankedAt }: Claim) => rankedAt ?? at;

function yielded(claim: Claim, to: readonly Claim[]): Claim {
  const last = sure([claim, ...to].map(turnOf).sort().at(-1));
  return { ...claim, rankedAt: last };
}

/** The order of turns. At the same time a claim that has yielded comes after the one to which it yielded. */
function byTurn(a: Claim, b: Claim): number {
  return (
    compare(turnOf(a), turnOf(b)) ||
    Number(a.rankedAt !== null) - Number(b.rankedAt !== null) ||
    compare(a.by, b.by) ||
    compare(a.person, b.person)
  );
}

/** The order of one person's statements from the weakest to the strongest: imports first, then by time. */
function byStamp(a: Claim, b: Claim): number {
  return Number(a.inFile === null) - Number(b.inFile === null) || compare(a.at, b.at) || compare(a.by, b.by);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
