import { sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';

export interface ProfileLink {
  schoolId: string;
  personId: string;
  vkUserId: number;
}

/** States that a person has a VK profile. Whether he has it is then settled (settleProfiles). */
export async function stateLink(tx: Sql, link: ProfileLink, { at, by }: Stamp): Promise<void> {
  await sql`
    insert into profile_claim (school_id, person_id, vk_user_id, stated_at, stated_by, state)
    values (${link.schoolId}, ${link.personId}, ${link.vkUserId}, ${at}::timestamptz, ${by}, 'waiting')
    on conflict do nothing`.execute(tx);
}

/** Those of the statements stamped so that somebody else is in the way of (A7): they wait. */
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
