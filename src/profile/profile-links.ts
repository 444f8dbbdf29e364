import { sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import { BY_IMPORT } from '../facts/stamp.ts';
import { stateByImport } from '../rows/profile-claim.ts';
import { linkUnknown, type ProfileOf, profilesAsRows } from '../rows/profile-link.ts';
import { beyondSchool, type Sql } from '../store/database.ts';
import type { Moment } from '../store/school-day.ts';
import { sure } from '../sure.ts';
import { holdAllProfiles, type Relinked, settleProfiles } from './settle-profiles.ts';

export interface LinkCandidate extends ProfileOf {
  /** The line of users.csv, for the message about a refused link. */
  line: number;
}

export const TAKEN = 'Профиль VK уже привязан к другому человеку: у ученика он должен быть своим';

/**
 * Links people to the VK profiles that the file names. An import adds links where nothing is known, and corrects what
 * an earlier import said. It never changes a link that a person has made or undone. A link that is refused (A7) is
 * remembered and waits. People who leave by this import give way.
 * @returns the refused links, and the people of any school whose profile has changed
 */
export async function linkByRoster(
  tx: Sql,
  schoolIds: readonly string[],
  candidates: readonly LinkCandidate[],
  stamp: Stamp,
  moment: Moment,
): Promise<{ refused: LinkCandidate[]; relinked: Relinked[] }> {
  await holdAllProfiles(tx);
  const linked = await linkUnknown(tx, candidates, stamp);
  // People without an earlier link are left out here, which spares the first import a join of all its links.
  const isNew = new Set(linked.map(({ schoolId, personId }) => JSON.stringify([schoolId, personId])));
  const known = candidates.filter(
    ({ schoolId, personId }) => !isNew.has(JSON.stringify([schoolId, personId])),
  );
  if (known.length > 0) await stateByImport(tx, known, stamp, BY_IMPORT);
  const settled: Relinked[] = [];
  for (const schoolId of schoolIds) {
    settled.push(...(await settleProfiles(tx, await contestedIn(tx, schoolId), moment)));
  }
  return { refused: await refusedOf(tx, candidates, stamp), relinked: [...linked, ...settled] };
}

/** Returns the people whose profile a school's list names. */
export function linkCandidates(
  schoolId: string,
  people: readonly { id: string; line: number; vkUserId: number | null }[],
): LinkCandidate[] {
  return people.flatMap(({ id, line, vkUserId }) =>
    vkUserId === null ? [] : [{ schoolId, personId: id, vkUserId, line }],
  );
}

/** Returns the profiles that several people have or claim, of any schools, if one of the people is of this school. */
export async function contestedIn(tx: Sql, schoolId: string): Promise<number[]> {
  const { rows } = await beyondSchool(tx, 'profiles', () =>
    sql<{ vk: string }>`
      select l.vk_user_id as vk from profile_link l
        join profile_link o on o.vk_user_id = l.vk_user_id and o.present
          and (o.school_id, o.person_id) <> (l.school_id, l.person_id)
        where l.school_id = ${schoolId} and l.present
      union select c.vk_user_id from profile_link l
        join profile_claim c on c.vk_user_id = l.vk_user_id and c.state <> 'former'
        where l.school_id = ${schoolId} and l.present
      union select vk_user_id from profile_claim
        where school_id = ${schoolId} and state <> 'former'`.execute(tx),
  );
  return rows.map(({ vk }) => Number(vk));
}

/** Returns the profiles that these people of a school or the parents of its pupils have, had last, or claim. */
export async function profilesOf(tx: Sql, schoolId: string, personIds: readonly string[]): Promise<number[]> {
  const { rows } = await sql<{ vk: string }>`
    with people as (
      select unnest(${[...personIds]}::text[]) as id
      union select guardian_id from guardian where school_id = ${schoolId} and student_id = any(${[...personIds]})
    )
    select l.vk_user_id as vk from people p
      join profile_link l on l.school_id = ${schoolId} and l.person_id = p.id and l.vk_user_id is not null
    union select c.vk_user_id from people p
      join profile_claim c on c.school_id = ${schoolId} and c.person_id = p.id and c.state <> 'former'`.execute(
    tx,
  );
  return rows.map(({ vk }) => Number(vk));
}

async function refusedOf(
  tx: Sql,
  candidates: readonly LinkCandidate[],
  { at }: Stamp,
): Promise<LinkCandidate[]> {
  const { rows } = await sql<{ n: number }>`
    select c.n::int as n from ${profilesAsRows(candidates)}
      join profile_claim r on r.school_id = c.school_id and r.person_id = c.person_id
        and r.vk_user_id = c.vk_user_id and r.state <> 'former' and r.stated_at <= ${at}::timestamptz
    group by c.n order by c.n`.execute(tx);
  return rows.map(({ n }) => sure(candidates[n - 1]));
}

/** Returns the statements with this stamp that wait because somebody else is in the way (A7). */
export async function refusedLinks(
  tx: Sql,
  schoolId: string,
  statedBy: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ by: string }>`
    select stated_by as by from profile_claim
    where school_id = ${schoolId} and stated_by = any(${[...statedBy]}) and state <> 'former'`.execute(tx);
  return new Set(rows.map(({ by }) => by));
}
