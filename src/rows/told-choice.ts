/**
 * The only writer of `told_choice`: how a person wants to be told (K2). One row for a person in a school; an operator
 * of all schools has no school. An operator's id is not one of the roster, so the two never meet in one row.
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { ToldKind } from '../store/entities.ts';
import type { NewIds } from '../store/renaming.ts';

/** Whose choice it is. `schoolId`: null for an operator of all schools. */
interface Chooser {
  schoolId: string | null;
  subject: string;
  role: string;
}

/** Without an address nothing is sent. `daily`: a summary each morning too. */
export interface Choice {
  email: string | null;
  kinds: ToldKind[];
  daily: boolean;
}

/** Replaces a person's choice. */
export async function choose(tx: Sql, { schoolId, subject, role }: Chooser, to: Choice): Promise<void> {
  await sql`
    insert into told_choice (school_id, subject, role, email, kinds, daily)
    values (${schoolId}, ${subject}, ${role}, ${to.email}, ${to.kinds}, ${to.daily})
    on conflict ((coalesce(school_id, '')), subject, (role = 'operator')) do update set role = excluded.role,
      email = excluded.email, kinds = excluded.kinds, daily = excluded.daily`.execute(tx);
}

/** Notes that the summary of the day (`YYYY-MM-DD`) is on its way. */
export async function noteSummed(tx: Sql, id: string, day: string): Promise<void> {
  await sql`update told_choice set summed_on = ${day} where id = ${id}`.execute(tx);
}

/** Forgets the choices of these people, with the messages to them (K6). Returns how many there were. */
export async function forgetChoices(
  tx: Sql,
  schoolId: string,
  personIds: readonly string[],
): Promise<number> {
  const result = await sql`delete from told_choice
    where school_id = ${schoolId} and subject = any(${[...personIds]}) and role <> 'operator'`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

/** Puts people's new ids in (K4). A choice made under the new id stays. */
export async function renameChoices(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const subject = sql`c.subject`;
  const own = sql`c.school_id = ${schoolId} and c.role <> 'operator' and ${ids.has(subject)}`;
  await sql`delete from told_choice c where ${own} and exists (select from told_choice n
    where n.school_id = c.school_id and n.role <> 'operator' and n.subject = ${ids.of(subject)})`.execute(tx);
  await sql`update told_choice c set subject = ${ids.of(subject)} where ${own}`.execute(tx);
}
