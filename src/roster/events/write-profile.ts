import { sql } from 'kysely';
import type { Stamp } from '../../desired/model.ts';
import type { Sql } from '../../store/database.ts';
import { holdersOf, holdProfiles, TAKEN } from '../profile-links.ts';

export interface ProfileLink {
  schoolId: string;
  personId: string;
  vkUserId: number;
}

/**
 * Links a person to a VK profile by (time, id). A profile linked to anybody is refused to a pupil, and a pupil's
 * to anybody else, in whatever school (A7). Returns why it was refused (Russian), or null.
 */
export async function linkProfile(tx: Sql, link: ProfileLink, stamp: Stamp): Promise<string | null> {
  const { schoolId, personId, vkUserId } = link;
  await holdProfiles(tx, [vkUserId]);
  if (!(await isOutdated(tx, link, stamp))) {
    const others = await othersOf(tx, link);
    if (others.length > 0 && (others.some((other) => other.pupil) || (await isPupil(tx, link)))) return TAKEN;
  }
  await sql`
    insert into profile_link as t (school_id, person_id, vk_user_id, stated_at, stated_by)
    values (${schoolId}, ${personId}, ${vkUserId}, ${stamp.at}::timestamptz, ${stamp.by})
    on conflict (school_id, person_id) do update
      set vk_user_id = excluded.vk_user_id, stated_at = excluded.stated_at, stated_by = excluded.stated_by
    where t.stated_at is null or (t.stated_at, t.stated_by) < (excluded.stated_at, excluded.stated_by)`.execute(
    tx,
  );
  return null;
}

/**
 * A link may come before its person, and a person may become a pupil: his link then goes, if the profile is
 * somebody else's too (A7). True if it went.
 */
export async function unlinkSharedPupil(tx: Sql, schoolId: string, personId: string): Promise<boolean> {
  const { rows } = await sql<{ vk: string }>`
    select vk_user_id::text as vk from profile_link
    where school_id = ${schoolId} and person_id = ${personId} and present`.execute(tx);
  if (rows[0] === undefined) return false;
  const link = { schoolId, personId, vkUserId: Number(rows[0].vk) };
  if (!(await isPupil(tx, link)) || (await othersOf(tx, link)).length === 0) return false;
  // Right after the statement that it undoes: what is said later counts as ever.
  await sql`update profile_link set gone_at = stated_at, gone_by = stated_by || '/refused'
    where school_id = ${schoolId} and person_id = ${personId}`.execute(tx);
  return true;
}

async function othersOf(tx: Sql, link: ProfileLink): Promise<{ pupil: boolean }[]> {
  const holders = (await holdersOf(tx, [link])).get(link.vkUserId) ?? [];
  return holders.filter((holder) => holder.personId !== link.personId);
}

/** Something later was said of this person's link already. */
async function isOutdated(tx: Sql, { schoolId, personId }: ProfileLink, stamp: Stamp): Promise<boolean> {
  const { rows } = await sql`
    select 1 from profile_link where school_id = ${schoolId} and person_id = ${personId}
      and ((stated_at, stated_by) > (${stamp.at}::timestamptz, ${stamp.by})
        or (gone_at, gone_by) > (${stamp.at}::timestamptz, ${stamp.by}))`.execute(tx);
  return rows.length > 0;
}

async function isPupil(tx: Sql, { schoolId, personId }: ProfileLink): Promise<boolean> {
  const { rows } = await sql`
    select 1 from person where school_id = ${schoolId} and id = ${personId} and 'student' = any(roles)`.execute(
    tx,
  );
  return rows.length > 0;
}
