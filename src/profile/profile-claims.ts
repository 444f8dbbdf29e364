/**
 * Whose a VK ID is (A7), from what was said and who is here now. Pure, and the same in whatever order it was said.
 *
 *  1. What was said first holds, among people who are here. Adults may share a VK ID; a pupil shares his with nobody.
 *  2. Of one person the last statement that can hold does; what an import says comes before all that others say. Another
 *     one waits, and holds as soon as it can.
 *  3. The claim of somebody who is gone stands in nobody's way. Where somebody here took its place it has yielded: when
 *     he is back its turn is after that one's (`rankedAt`), and it waits.
 */

/** That somebody has a VK ID. `person`: of one school, a key of the caller's. */
export interface Claim {
  person: string;
  vkUserId: number;
  /** ISO 8601 UTC with ms. */
  at: string;
  by: string;
  /** Its turn, where that is later than the statement. */
  rankedAt: string | null;
  /** Of an import: who in its file it is. One file may have one user in several schools. Null: nobody's import. */
  inFile: string | null;
}

export interface Claimant {
  /** In the roster, and not departed. */
  isHere: boolean;
  isPupil: boolean;
  /** Never known to have been there: then he did not leave either. */
  isUnknown: boolean;
}

export interface Verdict {
  holds: Claim | null;
  /** Newer than what holds, and in somebody's way. */
  waits: Claim[];
}

/** The verdict on every person of whom there is a claim. `claimants` has them all. */
export function judgeClaims(
  claims: readonly Claim[],
  claimants: ReadonlyMap<string, Claimant>,
): Map<string, Verdict> {
  const isHere = ({ person }: Claim) => claimants.get(person)!.isHere;
  const held = new Holdings(claimants);
  const waiting: Claim[] = [];
  for (const claim of claims.filter(isHere).sort(byTurn)) {
    const wasFree = held.take(claim);
    if (wasFree === 'taken') waiting.push(claim);
    // What he had before is free for those who wait for it.
    else if (wasFree === 'moved') while (waiting.some((one) => held.take(one) === 'moved'));
  }
  const verdicts = new Map<string, Verdict>();
  for (const [person, own] of Map.groupBy(claims, (claim) => claim.person)) {
    const { isHere, isUnknown } = claimants.get(person)!;
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

/** Who holds what, of those who are here. */
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

  /** Others' claims that hold the VK ID and bear no sharing of it. */
  inTheWay({ person, vkUserId, inFile }: Claim): Claim[] {
    const isPupil = (id: string) => this.#claimants.get(id)!.isPupil;
    const others = [...(this.#byProfile.get(vkUserId) ?? [])].filter(
      (one) => one.person !== person && (inFile === null || one.inFile !== inFile),
    );
    return others.filter((other) => isPupil(person) || isPupil(other.person));
  }

  /** `taken`: by somebody else · `moved`: he had another one until now · `kept`: his state of affairs is no older. */
  take(claim: Claim): 'taken' | 'moved' | 'kept' | 'new' {
    const before = this.#byPerson.get(claim.person);
    if (before && byStamp(before, claim) >= 0) return 'kept';
    if (this.inTheWay(claim).length > 0) return 'taken';
    if (before) this.#byProfile.get(before.vkUserId)!.delete(before);
    this.#byPerson.set(claim.person, claim);
    const holders = this.#byProfile.get(claim.vkUserId) ?? new Set();
    this.#byProfile.set(claim.vkUserId, holders.add(claim));
    return before ? 'moved' : 'new';
  }
}

const turnOf = ({ at, rankedAt }: Claim) => rankedAt ?? at;

function yielded(claim: Claim, to: readonly Claim[]): Claim {
  const last = [claim, ...to].map(turnOf).sort().at(-1)!;
  return { ...claim, rankedAt: last };
}

/** Whoever yielded comes after those he yielded to. */
function byTurn(a: Claim, b: Claim): number {
  return (
    compare(turnOf(a), turnOf(b)) ||
    Number(a.rankedAt !== null) - Number(b.rankedAt !== null) ||
    compare(a.by, b.by) ||
    compare(a.person, b.person)
  );
}

/** Which of one person's statements counts before another. */
function byStamp(a: Claim, b: Claim): number {
  return Number(a.inFile === null) - Number(b.inFile === null) || compare(a.at, b.at) || compare(a.by, b.by);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
