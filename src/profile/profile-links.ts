import { sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import { BY_IMPORT } from '../facts/stamp.ts';
import type { Moment } from '../facts/who-is-here.ts';
import { beyondSchool, type Sql } from '../store/database.ts';
import { holdAllProfiles, type Relinked, settleProfiles } from './settle-profiles.ts';

export interface LinkCandidate {
  schoolId: string;
  personId: string;
  vkUserId: number;
  /** Of users.csv. */
  line: number;
}

export const TAKEN = 'Профиль VK уже привязан к другому человеку: у ученика он должен быть своим';

/**
 * Links people to the VK profiles that the file names. An import never touches a link that somebody made or
 * undid: it adds where nothing is known yet, and corrects what an earlier import said. What is refused (A7) is
 * remembered. Whoever has left these schools by this import gives way.
 * @returns what was refused, and who of whatever school has another profile now
 */
export async function linkProfiles(
  tx: Sql,
  schoolIds: readonly string[],
  candidates: readonly LinkCandidate[],
  stamp: Stamp,
  moment: Moment,
): Promise<{ refused: LinkCandidate[]; relinked: Relinked[] }> {
  await holdAllProfiles(tx);
  const linked = await writeFirst(tx, candidates, stamp);
  // Of whom nothing was known there is nothing to compare: that spares a first import a join of all its links.
  const isNew = new Set(linked.map(({ schoolId, personId }) => JSON.stringify([schoolId, personId])));
  const known = candidates.filter(
    ({ schoolId, personId }) => !isNew.has(JSON.stringify([schoolId, personId])),
  );
  if (known.length > 0) await writeClaims(tx, known, stamp);
  const settled: Relinked[] = [];
  for (const schoolId of schoolIds) {
    settled.push(...(await settleProfiles(tx, await contestedIn(tx, schoolId), moment)));
  }
  return { refused: await refusedOf(tx, candidates, stamp), relinked: [...linked, ...settled] };
}

/** Whom a school's list names a profile of. */
export function linkCandidates(
  schoolId: string,
  people: readonly { id: string; line: number; vkUserId: number | null }[],
): LinkCandidate[] {
  return people.flatMap(({ id, line, vkUserId }) =>
    vkUserId === null ? [] : [{ schoolId, personId: id, vkUserId, line }],
  );
}

const columns = (candidates: readonly LinkCandidate[]) =>
  sql`unnest(${candidates.map((c) => c.schoolId)}::text[], ${candidates.map((c) => c.personId)}::text[],
    ${candidates.map((c) => c.vkUserId)}::bigint[]) with ordinality as c(school_id, person_id, vk_user_id, n)`;

/** Of whom nothing is known: nearly everybody of a first import, in one statement. */
async function writeFirst(tx: Sql, candidates: readonly LinkCandidate[], stamp: Stamp): Promise<Relinked[]> {
  const { rows } = await sql<Relinked>`
    insert into profile_link (school_id, person_id, vk_user_id, stated_at, stated_by)
    select c.school_id, c.person_id, c.vk_user_id, ${stamp.at}::timestamptz, ${stamp.by} from ${columns(candidates)}
    on conflict (school_id, person_id) do nothing
    returning school_id as "schoolId", person_id as "personId"`.execute(tx);
  return rows;
}

/** Of whom no import has spoken yet, or the last one of another profile. Who has undone a link has the word. */
async function writeClaims(tx: Sql, candidates: readonly LinkCandidate[], stamp: Stamp): Promise<void> {
  await sql`
    insert into profile_claim (school_id, person_id, vk_user_id, stated_at, stated_by, state)
    select c.school_id, c.person_id, c.vk_user_id, ${stamp.at}::timestamptz, ${stamp.by}, 'waiting'
    from ${columns(candidates)}
      join profile_link l on l.school_id = c.school_id and l.person_id = c.person_id and l.gone_at is null
      left join lateral (
        select vk, at, by from (
          select l.vk_user_id as vk, l.stated_at as at, l.stated_by as by where l.stated_at is not null
          union all select o.vk_user_id, o.stated_at, o.stated_by from profile_claim o
            where o.school_id = c.school_id and o.person_id = c.person_id
        ) said where by like any(${BY_IMPORT}) order by at desc, by desc limit 1) last on true
    where last.vk is null or last.vk <> c.vk_user_id
      and (last.at, last.by) < (${stamp.at}::timestamptz, ${stamp.by})
    on conflict do nothing`.execute(tx);
}

/** Profiles that more than one person of whatever school has or claims, one of them of this school. */
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

/** Those that these people of a school, and the parents of its pupils among them, have, had last, or claim. */
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
    select c.n::int as n from ${columns(candidates)}
      join profile_claim r on r.school_id = c.school_id and r.person_id = c.person_id
        and r.vk_user_id = c.vk_user_id and r.state <> 'former' and r.stated_at <= ${at}::timestamptz
    group by c.n order by c.n`.execute(tx);
  return rows.map(({ n }) => candidates[n - 1]!);
}
