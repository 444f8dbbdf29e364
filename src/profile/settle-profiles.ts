import { sql } from 'kysely';
import { exactInstant } from '../clock.ts';
import { isOfImport } from '../facts/stamp.ts';
import { type Attendance, whoIsHere } from '../facts/who-is-here.ts';
import { type JudgedClaim, writeClaims } from '../rows/profile-claim.ts';
import { type PersonOfSchool, type SettledLink, writeLinks } from '../rows/profile-link.ts';
import { beyondSchool, type Sql } from '../store/database.ts';
import type { Moment } from '../store/school-day.ts';
import { sure } from '../sure.ts';
import { type Claim, type Claimant, judgeClaims, type Verdict } from './profile-claims.ts';

/** A person whose VK ID has changed. */
export type Relinked = PersonOfSchool;

/** The most former statements that are kept for a person. Older ones concern profiles that were given up long ago. */
const FORMER_KEPT = 10;

interface StoredClaim extends Claim {
  /** `holds` is the statement that stands in profile_link, and the others stand in profile_claim. */
  state: 'holds' | 'waiting' | 'yielded' | 'former';
}

interface Stored {
  schoolId: string;
  personId: string;
  key: string;
  /** True where the stored link is in effect and not undone. */
  present: boolean;
  goneAt: string | null;
  goneBy: string | null;
  claims: StoredClaim[];
}

/**
 * Decides who has these VK IDs (A7) in all schools where they are claimed, by the rules of profile-claims.ts, and
 * writes what has changed. The VK IDs stay locked until the transaction ends. Returns the people whose VK ID has
 * changed. The caller must give new work to their chats (followRelinked).
 */
export async function settleProfiles(
  tx: Sql,
  vkUserIds: readonly number[],
  moment: Moment,
): Promise<Relinked[]> {
  if (vkUserIds.length === 0) return [];
  return beyondSchool(tx, 'profiles', async () => {
    const people = await claimantsOf(tx, vkUserIds);
    const valid = new Map(people.map((person) => [person.key, validClaims(person)]));
    const standing = await standingOf(tx, people, valid, moment);
    const claims = [...valid].flatMap(([key, own]) =>
      own.map((claim) => rankedBy(claim, sure(standing.get(key)))),
    );
    const verdicts = judgeClaims(claims, standing);
    const settled = people.map((person) =>
      settledOf(
        person,
        verdicts.get(person.key) ?? { holds: null, waits: [] },
        sure(standing.get(person.key)).isHere,
      ),
    );
    await writeLinks(
      tx,
      settled.flatMap(({ link }) => link ?? []),
    );
    await writeClaims(
      tx,
      settled.flatMap(({ others }) => others ?? []),
    );
    return settled.flatMap(({ of, isRelinked }) => (isRelinked ? of : []));
  });
}

const ALL_PROFILES = sql`hashtextextended('profiles', 0)`;

/**
 * Locks all VK IDs until the transaction ends, so that one import links people at a time and nobody else does. Schools
 * are applied side by side, and their imports may name the same profiles.
 */
export async function holdAllProfiles(tx: Sql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ALL_PROFILES})`.execute(tx);
}

/** Locks these VK IDs, so that claims of two schools to one profile are judged one after another. */
async function holdProfiles(tx: Sql, vkUserIds: readonly number[]): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${ALL_PROFILES})`.execute(tx);
  const sorted = [...new Set(vkUserIds)].sort((a, b) => a - b);
  await sql`select pg_advisory_xact_lock(hashtextextended('profile:' || id, 0))
    from (select id from unnest(${sorted}::bigint[]) with ordinality as v(id, n) order by n) v`.execute(tx);
}

/**
 * Reads everybody who has a claim to these VK IDs, with all claims of each person. Those claims name more VK IDs, and
 * the people who claim those are read too, until nothing new appears.
 */
async function claimantsOf(tx: Sql, seeds: readonly number[]): Promise<Stored[]> {
  const profiles = new Set<number>();
  const people = new Map<string, Stored>();
  let next = [...new Set(seeds)];
  while (next.length > 0) {
    await holdProfiles(tx, next);
    for (const id of next) profiles.add(id);
    for (const person of await loadClaimants(tx, next)) people.set(person.key, person);
    const named = [...people.values()].flatMap(({ claims }) => claims.map(({ vkUserId }) => vkUserId));
    next = [...new Set(named)].filter((id) => !profiles.has(id));
  }
  return [...people.values()];
}

interface ClaimantRow {
  school: string;
  person: string;
  vk: string | null;
  at: string | null;
  by: string | null;
  ranked: string | null;
  present: boolean;
  goneAt: string | null;
  goneBy: string | null;
  others: ClaimRow[] | null;
}

interface ClaimRow {
  vk: number;
  at: string;
  by: string;
  ranked: string | null;
  state: StoredClaim['state'];
}

async function loadClaimants(tx: Sql, vkUserIds: readonly number[]): Promise<Stored[]> {
  const { rows } = await sql<ClaimantRow>`
    with people as (
      select school_id, person_id from profile_link where present and vk_user_id = any(${vkUserIds}::bigint[])
      union select school_id, person_id from profile_claim where vk_user_id = any(${vkUserIds}::bigint[])
    )
    select p.school_id as school, p.person_id as person, l.vk_user_id as vk, l.stated_at as at, l.stated_by as by,
      l.ranked_at as ranked, coalesce(l.present, false) as present, l.gone_at as "goneAt", l.gone_by as "goneBy",
      (select jsonb_agg(jsonb_build_object('vk', vk_user_id, 'at', stated_at, 'by', stated_by, 'ranked', ranked_at,
          'state', state)) from profile_claim c where c.school_id = p.school_id and c.person_id = p.person_id) as others
    from people p left join profile_link l on l.school_id = p.school_id and l.person_id = p.person_id
    order by 1, 2`.execute(tx);
  return rows.map(storedOf);
}

function storedOf({ school, person, goneAt, goneBy, present, others, ...link }: ClaimantRow): Stored {
  const key = JSON.stringify([school, person]);
  const { vk, at, by, ranked } = link;
  const holds: ClaimRow[] =
    vk === null || at === null || by === null ? [] : [{ vk: Number(vk), at, by, ranked, state: 'holds' }];
  return {
    ...{ schoolId: school, personId: person, key, present, goneBy },
    goneAt: goneAt && exactInstant(goneAt),
    claims: [...holds, ...(others ?? [])].map((claim) => ({
      person: key,
      vkUserId: claim.vk,
      at: exactInstant(claim.at),
      by: claim.by,
      rankedAt: claim.ranked && exactInstant(claim.ranked),
      inFile: isOfImport(claim.by) ? JSON.stringify([exactInstant(claim.at), person]) : null,
      state: claim.state,
    })),
  };
}

/** Returns the claims that were not undone later. After a person has undone a link, claims of imports do not count. */
function validClaims({ claims, goneAt, goneBy }: Stored): StoredClaim[] {
  if (goneAt === null) return claims;
  return claims.filter(
    ({ at, by, inFile }) => inFile === null && (at > goneAt || (at === goneAt && by >= (goneBy ?? ''))),
  );
}

/** Reads who is present and who is a pupil. Where nobody shares a VK ID this cannot matter, so nothing is read. */
async function standingOf(
  tx: Sql,
  people: readonly Stored[],
  valid: ReadonlyMap<string, readonly StoredClaim[]>,
  moment: Moment,
): Promise<Map<string, Claimant & Partial<Attendance>>> {
  const claimed = new Map<number, Set<string>>();
  for (const [key, own] of valid) {
    for (const { vkUserId } of own) claimed.set(vkUserId, (claimed.get(vkUserId) ?? new Set()).add(key));
  }
  const isContested = [...claimed.values()].some((keys) => keys.size > 1);
  const standing = new Map<string, Claimant & Partial<Attendance>>();
  for (const { key } of people) standing.set(key, { isHere: !isContested, isPupil: false, isUnknown: true });
  if (!isContested) return standing;
  for (const [schoolId, own] of Map.groupBy(people, (person) => person.schoolId)) {
    const ids = own.map(({ personId }) => personId);
    const known = await whoIsHere(tx, schoolId, ids, moment);
    for (const { key, personId } of own) {
      const found = known.get(personId);
      if (found) standing.set(key, found);
    }
  }
  return standing;
}

/** Moves the turn of a person whom the roster lost and found after the statement to the time of the return. */
function rankedBy(
  claim: StoredClaim,
  { isHere, goneAt, backAt }: Claimant & Partial<Attendance>,
): StoredClaim {
  if (!isHere || !goneAt || !backAt || goneAt <= (claim.rankedAt ?? claim.at) || backAt <= goneAt)
    return claim;
  return { ...claim, rankedAt: backAt };
}

interface Settled {
  of: Relinked;
  /** Set where the link has changed. */
  link?: SettledLink;
  /** Set where the other claims have changed. */
  others?: Relinked & { claims: JudgedClaim[] };
  /** True where the person's VK ID has changed. */
  isRelinked: boolean;
}

/** Compares the verdict on one person with the stored rows, and gives what must be written. */
function settledOf(person: Stored, { holds, waits }: Verdict, isHere: boolean): Settled {
  const { schoolId, personId, claims, present } = person;
  const of = { schoolId, personId };
  const main = claims.find(({ state }) => state === 'holds') ?? null;
  // An undone link keeps its profile, because later statements are compared with it.
  const kept = holds ?? (present ? null : main);
  const others = claims
    .filter((claim) => !kept || !isSame(kept, claim))
    .map((claim): StoredClaim & JudgedClaim => {
      const waiting = waits.find((one) => isSame(one, claim));
      return waiting
        ? { ...claim, ...waiting, state: isHere ? 'waiting' : 'yielded' }
        : { ...claim, state: 'former' };
    });
  const isKept =
    kept === null ? main === null : main !== null && isSame(kept, main) && kept.rankedAt === main.rankedAt;
  const stored = claims.filter((claim) => claim !== main);
  const isAsBefore = JSON.stringify(stored) === JSON.stringify(others);
  return {
    of,
    ...(isKept ? {} : { link: { ...of, ...(kept ?? NO_PROFILE) } }),
    ...(isAsBefore ? {} : { others: { ...of, claims: withoutOldest(others) } }),
    isRelinked: (present ? sure(main).vkUserId : null) !== (holds?.vkUserId ?? null),
  };
}

const NO_PROFILE = { vkUserId: null, at: null, by: null, rankedAt: null };

function withoutOldest(claims: readonly JudgedClaim[]): JudgedClaim[] {
  const former = claims.filter(({ state }) => state === 'former').sort((a, b) => (a.at < b.at ? 1 : -1));
  return claims.filter((claim) => !former.slice(FORMER_KEPT).includes(claim));
}

function isSame(a: Claim, b: Claim): boolean {
  return a.at === b.at && a.by === b.by;
}
