/**
 * The only writer of `profile_link`: the VK profile that a person has, one row a person.
 *
 *   none, any  ──linkUnknown, writeLinks──► linked    `present`: it was stated and not undone since
 *   linked     ──unlinkPerson─────────────► undone    its profile stays known until a person with it is erased
 *   any        ──undoBefore───────────────► undone    earlier statements do not count; one of that instant does
 *   undone     ──writeLinks───────────────► linked    by a later statement, or one that waited (profile-claim.ts)
 *   linked     ──writeLinks───────────────► empty     a person with more right to the profile has it now (A7)
 *   undone     ──forgetLinks──────────────► undone, without the profile, where that belongs to an erased person
 *   any        ──forgetLinks──────────────► none
 *   any        ──renameLinks──────────────► the same, under the person's new id
 *
 * Where СГО itself says that a link is undone, roster/events/state-gone.ts writes that like any other fact.
 *
 * `stated_at, stated_by` and `gone_at, gone_by` are stamps. The greater of the two decides whether the link holds.
 */
import { sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { NewIds } from '../store/renaming.ts';

export interface PersonOfSchool {
  schoolId: string;
  personId: string;
}

export interface ProfileOf extends PersonOfSchool {
  vkUserId: number;
}

/** Links people about whom nothing is known yet. Returns them. */
export async function linkUnknown(
  tx: Sql,
  links: readonly ProfileOf[],
  stamp: Stamp,
): Promise<PersonOfSchool[]> {
  const { rows } = await sql<PersonOfSchool>`
    insert into profile_link (school_id, person_id, vk_user_id, stated_at, stated_by)
    select c.school_id, c.person_id, c.vk_user_id, ${stamp.at}::timestamptz, ${stamp.by} from ${profilesAsRows(links)}
    where not exists (select from profile_link l where l.school_id = c.school_id and l.person_id = c.person_id)
    on conflict (school_id, person_id) do nothing
    returning school_id as "schoolId", person_id as "personId"`.execute(tx);
  return rows;
}

/** The settled link of a person. Where `vkUserId` and the stamp are null, the person has no profile. */
export interface SettledLink extends PersonOfSchool {
  vkUserId: number | null;
  at: string | null;
  by: string | null;
  /** The time that decides the person's turn, where that is later than the statement. ISO 8601. */
  rankedAt: string | null;
}

/** Writes which VK profile these people have now. */
export async function writeLinks(tx: Sql, links: readonly SettledLink[]): Promise<void> {
  if (links.length === 0) return;
  const rows = links.map(({ schoolId, personId, vkUserId, at, by, rankedAt }) => ({
    ...{ schoolId, personId, vkUserId, at, by, rankedAt },
  }));
  await sql`
    insert into profile_link (school_id, person_id, vk_user_id, stated_at, stated_by, ranked_at)
    select "schoolId", "personId", "vkUserId", at, by, "rankedAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("schoolId" text, "personId" text, "vkUserId" bigint,
      at timestamptz, by text, "rankedAt" timestamptz)
    on conflict (school_id, person_id) do update set vk_user_id = excluded.vk_user_id,
      stated_at = excluded.stated_at, stated_by = excluded.stated_by, ranked_at = excluded.ranked_at`.execute(
    tx,
  );
}

/** Undoes every statement about the person's link from before `at` (ISO 8601). */
export async function undoBefore(tx: Sql, { schoolId, personId }: PersonOfSchool, at: string): Promise<void> {
  await sql`
    insert into profile_link (school_id, person_id, gone_at, gone_by)
    values (${schoolId}, ${personId}, ${at}::timestamptz, '')
    on conflict (school_id, person_id) do update set gone_at = excluded.gone_at, gone_by = excluded.gone_by`.execute(
    tx,
  );
}

/**
 * Undoes the person's link at `at`. Where a clock ahead of ours has stamped the link later, it is undone right after
 * that, because people may unlink at any time (A5). Returns the VK ID, or null where the person was not linked.
 */
export async function unlinkPerson(
  tx: Sql,
  { schoolId, personId }: PersonOfSchool,
  { at, by }: { at: Date; by: string },
): Promise<number | null> {
  const { rows } = await sql<{ vk: string }>`
    update profile_link l set gone_by = ${by}, gone_at = (
      select greatest(${at}::timestamptz, max(at) + interval '1 millisecond') from (
        select l.stated_at as at union all select stated_at from profile_claim
        where school_id = ${schoolId} and person_id = ${personId}) said)
    where school_id = ${schoolId} and person_id = ${personId} and present returning vk_user_id as vk`.execute(
    tx,
  );
  return rows[0] ? Number(rows[0].vk) : null;
}

/**
 * Deletes the links of erased people, and clears their VK ids in undone links of others. Returns the number of rows.
 */
export async function forgetLinks(
  tx: Sql,
  schoolId: string,
  { personIds, vkUserIds }: { personIds: readonly string[]; vkUserIds: readonly string[] },
): Promise<number> {
  const gone = await sql`delete from profile_link
    where school_id = ${schoolId} and person_id = any(${[...personIds]})`.execute(tx);
  const blank =
    await sql`update profile_link set vk_user_id = null where school_id = ${schoolId} and not present
      and vk_user_id = any(${[...vkUserIds]}::bigint[])`.execute(tx);
  return Number(gone.numAffectedRows ?? 0) + Number(blank.numAffectedRows ?? 0);
}

/** Gives the profiles in SQL as rows `c` of school_id, person_id, vk_user_id, and a number `n` from 1 on. */
export const profilesAsRows = (profiles: readonly ProfileOf[]) =>
  sql`unnest(${profiles.map((p) => p.schoolId)}::text[], ${profiles.map((p) => p.personId)}::text[],
    ${profiles.map((p) => p.vkUserId)}::bigint[]) with ordinality as c(school_id, person_id, vk_user_id, n)`;

/** Puts people's new ids in (K4). A link that the new id has already stays. */
export async function renameLinks(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const person = sql`l.person_id`;
  const own = sql`l.school_id = ${schoolId} and ${ids.has(person)}`;
  await sql`delete from profile_link n using profile_link l where ${own}
    and n.school_id = l.school_id and n.person_id = ${ids.of(person)} and not n.present`.execute(tx);
  await sql`delete from profile_link l where ${own} and exists (select from profile_link n
    where n.school_id = l.school_id and n.person_id = ${ids.of(person)})`.execute(tx);
  await sql`update profile_link l set person_id = ${ids.of(person)} where ${own}`.execute(tx);
}
