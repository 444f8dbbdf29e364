/**
 * The only writer of `class_match`: which class that is over may go on as which new one (K4). A new class has no chats
 * while its match is open. Who decided stands in the journal.
 *
 *   none  ──proposeMatch─► open
 *   open  ──decideMatch──► continued  the chats of the old class go on with the new one
 *   open  ──decideMatch──► other      the new class gets chats of its own; it is not proposed again
 *   open  ──dropMatches──► none       it concerns nobody any more
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

interface ProposedMatch {
  newId: string;
  oldId: string;
  common: number;
  oldPupils: number;
  newPupils: number;
}

/** Adds proposals. One that was made for the new class before stays as it is. */
export async function proposeMatches(
  tx: Sql,
  schoolId: string,
  matches: readonly ProposedMatch[],
  at: Date,
): Promise<void> {
  await sql`insert into class_match (school_id, new_id, old_id, common, old_pupils, new_pupils, proposed_at)
    select ${schoolId}, r."newId", r."oldId", r.common, r."oldPupils", r."newPupils", ${at}
    from jsonb_to_recordset(${JSON.stringify(matches)}::jsonb)
      as r("newId" text, "oldId" text, common int, "oldPupils" int, "newPupils" int)
    on conflict (school_id, new_id) do nothing`.execute(tx);
}

/** Decides open proposals and returns those that were open, new class and old one. */
export async function decideMatches(
  tx: Sql,
  schoolId: string,
  newIds: readonly string[],
  { state, at }: { state: 'continued' | 'other'; at: Date },
): Promise<{ newId: string; oldId: string }[]> {
  const { rows } = await sql<{ newId: string; oldId: string }>`
    update class_match set state = ${state}, decided_at = ${at}
    where school_id = ${schoolId} and new_id = any(${[...newIds]}) and state = 'open'
    returning new_id as "newId", old_id as "oldId"`.execute(tx);
  return rows;
}

/**
 * Drops the open proposals that concern nobody any more on the day: the new class is over, or СГО has said what it or
 * another class continues.
 */
export async function dropMatches(tx: Sql, schoolId: string, day: string): Promise<void> {
  await sql`
    delete from class_match m where school_id = ${schoolId} and state = 'open'
      and (not exists (select from class c where c.school_id = m.school_id and c.id = m.new_id and c.present
          and c.continues is null and coalesce(c.ends_on >= ${day}::date, true))
        or exists (select from class c where c.school_id = m.school_id and c.continues = m.old_id and c.present))`.execute(
    tx,
  );
}
