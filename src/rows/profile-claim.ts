/**
 * The only writer of `profile_claim`: the statements about people's VK profiles, apart from the link that a person has
 * (profile-link.ts). Each statement has a row.
 *
 *   none     ──stateClaims, stateByImport──► waiting   not judged yet, or somebody else is in the way (A7)
 *   any      ──writeClaims──────────────────► waiting, yielded, former, or none where it is the link now or too old
 *   any      ──forgetClaims──────────────────► none
 *   any      ──renameClaims──────────────────► the same, under the person's new id
 *
 *   waiting  gets the profile once nobody is in the way
 *   yielded  waits as well; the roster does not have the person now
 *   former   was undone or replaced by another statement; it is kept, so that its repetition does not count as new
 *
 * profile/settle-profiles.ts decides who has a profile.
 */
import { sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { NewIds } from '../store/renaming.ts';
import { type PersonOfSchool, type ProfileOf, profilesAsRows } from './profile-link.ts';

/** States that people have VK profiles. A statement with the same stamp stays as it is. */
export async function stateClaims(tx: Sql, claims: readonly ProfileOf[], { at, by }: Stamp): Promise<void> {
  await sql`
    insert into profile_claim (school_id, person_id, vk_user_id, stated_at, stated_by, state)
    select school_id, person_id, vk_user_id, ${at}::timestamptz, ${by}, 'waiting' from ${profilesAsRows(claims)}
    on conflict do nothing`.execute(tx);
}

/**
 * States by an import that people have VK profiles. A statement that only repeats the last import is left out. So are
 * people who have undone their link, because their own act has priority. `imports` are LIKE patterns for the stamps of
 * imports.
 */
export async function stateByImport(
  tx: Sql,
  claims: readonly ProfileOf[],
  { at, by }: Stamp,
  imports: readonly string[],
): Promise<void> {
  await sql`
    insert into profile_claim (school_id, person_id, vk_user_id, stated_at, stated_by, state)
    select c.school_id, c.person_id, c.vk_user_id, ${at}::timestamptz, ${by}, 'waiting'
    from ${profilesAsRows(claims)}
      join profile_link l on l.school_id = c.school_id and l.person_id = c.person_id and l.gone_at is null
      left join lateral (
        select vk, at, by from (
          select l.vk_user_id as vk, l.stated_at as at, l.stated_by as by where l.stated_at is not null
          union all select o.vk_user_id, o.stated_at, o.stated_by from profile_claim o
            where o.school_id = c.school_id and o.person_id = c.person_id
        ) said where by like any(${[...imports]}) order by at desc, by desc limit 1) last on true
    where last.vk is null or last.vk <> c.vk_user_id
      and (last.at, last.by) < (${at}::timestamptz, ${by})
    on conflict do nothing`.execute(tx);
}

/** A statement with its judged state. Times are ISO 8601. */
export interface JudgedClaim {
  vkUserId: number;
  at: string;
  by: string;
  rankedAt: string | null;
  state: 'waiting' | 'yielded' | 'former';
}

/** Replaces all statements of these people. */
export async function writeClaims(
  tx: Sql,
  people: readonly (PersonOfSchool & { claims: readonly JudgedClaim[] })[],
): Promise<void> {
  if (people.length === 0) return;
  const persons = sql`select * from unnest(${people.map((p) => p.schoolId)}::text[],
    ${people.map((p) => p.personId)}::text[])`;
  await sql`delete from profile_claim where (school_id, person_id) in (${persons})`.execute(tx);
  const rows = people.flatMap(({ schoolId, personId, claims }) =>
    claims.map(({ vkUserId, at, by, rankedAt, state }) => ({
      ...{ schoolId, personId, vkUserId, at, by, rankedAt, state },
    })),
  );
  await sql`
    insert into profile_claim (school_id, person_id, vk_user_id, stated_at, stated_by, ranked_at, state)
    select "schoolId", "personId", "vkUserId", at, by, "rankedAt", state
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("schoolId" text, "personId" text, "vkUserId" bigint,
      at timestamptz, by text, "rankedAt" timestamptz, state text)`.execute(tx);
}

/**
 * Deletes the statements about erased people, and former statements of others about their VK ids. Returns the number.
 */
export async function forgetClaims(
  tx: Sql,
  schoolId: string,
  { personIds, vkUserIds }: { personIds: readonly string[]; vkUserIds: readonly string[] },
): Promise<number> {
  const gone =
    await sql`delete from profile_claim where school_id = ${schoolId} and (person_id = any(${[...personIds]})
    or state = 'former' and vk_user_id = any(${[...vkUserIds]}::bigint[]))`.execute(tx);
  return Number(gone.numAffectedRows ?? 0);
}

/** Puts people's new ids in (K4). */
export async function renameClaims(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const person = sql`c.person_id`;
  const own = sql`c.school_id = ${schoolId} and ${ids.has(person)}`;
  await sql`delete from profile_claim c where ${own} and exists (select from profile_claim n
    where n.school_id = c.school_id and n.person_id = ${ids.of(person)} and n.stated_at = c.stated_at
      and n.stated_by = c.stated_by)`.execute(tx);
  await sql`update profile_claim c set person_id = ${ids.of(person)} where ${own}`.execute(tx);
}
