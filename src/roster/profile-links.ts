import { sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import { beyondSchool, type Sql } from '../store/database.ts';
import type { RowFault } from './one-roster/row-report.ts';
import { BY_IMPORT } from './stamp.ts';

export interface LinkCandidate {
  schoolId: string;
  personId: string;
  vkUserId: number;
  pupil: boolean;
  /** Of users.csv. */
  line: number;
}

interface Holder {
  personId: string;
  pupil: boolean;
}

/**
 * Links people to the VK profiles that the file names. An import never touches a link that somebody made or
 * undid: it adds where nothing is known yet, and corrects what an earlier import said.
 * A profile linked to anybody is refused to a pupil, and a pupil's to anybody else (A7).
 * @returns what was refused, and the schools with a new link
 */
export async function linkProfiles(
  tx: Sql,
  candidates: readonly LinkCandidate[],
  stamp: Stamp,
): Promise<{ refused: Omit<RowFault, 'valueKind'>[]; changed: Set<string> }> {
  const open = await withoutLinkOfTheirOwn(tx, candidates, stamp);
  if (open.length > 0) await holdAllProfiles(tx);
  const holders = await holdersOf(tx, open);
  const refused: Omit<RowFault, 'valueKind'>[] = [];
  const granted: LinkCandidate[] = [];
  for (const candidate of open) {
    const others = (holders.get(candidate.vkUserId) ?? []).filter(
      (holder) => holder.personId !== candidate.personId,
    );
    if (others.some((other) => candidate.pupil || other.pupil)) {
      refused.push({ file: 'users.csv', line: candidate.line, field: 'userIds', message: TAKEN });
      continue;
    }
    granted.push(candidate);
    holders.set(candidate.vkUserId, [...others, candidate]);
  }
  const changed = await writeLinks(tx, granted, stamp);
  return { refused, changed };
}

const ALL_PROFILES = sql`hashtextextended('profiles', 0)`;

/** One import links at a time, and nobody beside it: schools are applied side by side. Held to the end of the transaction. */
async function holdAllProfiles(tx: Sql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ALL_PROFILES})`.execute(tx);
}

/** Links of two schools to one profile are judged one after another. Held to the end of the transaction. */
export async function holdProfiles(tx: Sql, vkUserIds: readonly number[]): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${ALL_PROFILES})`.execute(tx);
  for (const id of [...new Set(vkUserIds)].sort((a, b) => a - b)) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`profile:${id}`}, 0))`.execute(tx);
  }
}

export const TAKEN = 'Профиль VK уже привязан к другому человеку: у ученика он должен быть своим';

/** In an order of their own, so that of two in conflict the same one wins in whatever order the rows come. */
async function withoutLinkOfTheirOwn(
  tx: Sql,
  candidates: readonly LinkCandidate[],
  stamp: Stamp,
): Promise<LinkCandidate[]> {
  const { rows } = await sql<{ at: number }>`
    select c.at::int as at
    from unnest(${candidates.map((c) => c.schoolId)}::text[], ${candidates.map((c) => c.personId)}::text[],
      ${candidates.map((c) => c.vkUserId)}::bigint[]) with ordinality as c(school_id, person_id, vk_user_id, at)
    left join profile_link l on l.school_id = c.school_id and l.person_id = c.person_id
    where l.person_id is null or (l.present and l.vk_user_id <> c.vk_user_id
      and l.stated_by like any(${BY_IMPORT}) and (l.stated_at, l.stated_by) < (${stamp.at}::timestamptz, ${stamp.by}))
  `.execute(tx);
  return rows.map((row) => candidates[row.at - 1]!).sort(byPerson);
}

function byPerson(a: LinkCandidate, b: LinkCandidate): number {
  if (a.schoolId !== b.schoolId) return a.schoolId < b.schoolId ? -1 : 1;
  return a.personId < b.personId ? -1 : 1;
}

/** Across schools: a VK ID is one person's everywhere. */
export async function holdersOf(
  tx: Sql,
  candidates: readonly Pick<LinkCandidate, 'vkUserId'>[],
): Promise<Map<number, Holder[]>> {
  const { rows } = await beyondSchool(tx, 'profiles', () =>
    sql<{ vk: string; personId: string; pupil: boolean }>`
    select l.vk_user_id::text as vk, l.person_id as "personId", coalesce('student' = any(p.roles), false) as pupil
    from profile_link l left join person p on p.school_id = l.school_id and p.id = l.person_id
    where l.present and l.vk_user_id = any(${candidates.map((c) => c.vkUserId)}::bigint[])`.execute(tx),
  );
  const holders = new Map<number, Holder[]>();
  for (const { vk, personId, pupil } of rows) {
    const id = Number(vk);
    holders.set(id, [...(holders.get(id) ?? []), { personId, pupil }]);
  }
  return holders;
}

async function writeLinks(tx: Sql, links: readonly LinkCandidate[], stamp: Stamp): Promise<Set<string>> {
  const { rows } = await sql<{ schoolId: string }>`
    insert into profile_link as l (school_id, person_id, vk_user_id, stated_at, stated_by)
    select c.school_id, c.person_id, c.vk_user_id, ${stamp.at}::timestamptz, ${stamp.by}
    from unnest(${links.map((c) => c.schoolId)}::text[], ${links.map((c) => c.personId)}::text[],
      ${links.map((c) => c.vkUserId)}::bigint[]) as c(school_id, person_id, vk_user_id)
    on conflict (school_id, person_id) do update
      set vk_user_id = excluded.vk_user_id, stated_at = excluded.stated_at, stated_by = excluded.stated_by
    returning l.school_id as "schoolId"`.execute(tx);
  return new Set(rows.map((row) => row.schoolId));
}
