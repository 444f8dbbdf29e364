/** The webhooks and people who are to be told, as the database says. */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { ToldKind } from '../store/entities.ts';

/** A webhook that lives. `schoolId`: null where it hears all schools. */
interface Hearing {
  id: string;
  schoolId: string | null;
  kinds: ToldKind[];
}

/** The webhooks that live. There is a bounded number for each school. */
export async function livingWebhooks(db: Sql): Promise<Hearing[]> {
  const { rows } = await sql<Hearing>`
    select id, school_id as "schoolId", kinds from webhook where ended_at is null order by id`.execute(db);
  return rows;
}

/** A person who gave an address and is there. */
export interface Reader extends Hearing {
  daily: boolean;
  summedOn: string | null;
  /** The school's own zone; null for the region's. */
  timeZone: string | null;
}

/**
 * True in SQL where the reader is there. A person who is gone is told nothing, and neither is a member of staff whom
 * the roster does not have any more.
 */
const isThere = sql`(t.role = 'operator' or not exists (select from person p
  where p.school_id = t.school_id and p.id = t.subject and not p.present))`;

/** The people to whom letters may go. */
export async function readers(db: Sql): Promise<Reader[]> {
  const { rows } = await sql<Reader>`
    select t.id::text as id, t.school_id as "schoolId", t.kinds, t.daily, t.summed_on::text as "summedOn",
      s.time_zone as "timeZone"
    from told_choice t left join school s on s.id = t.school_id
    where t.email is not null and ${isThere} order by t.id`.execute(db);
  return rows;
}

/** Gives the address of a person's choice. Null where there is none any more, or the person is gone. */
export async function addressOf(db: Sql, choiceId: string): Promise<string | null> {
  const { rows } = await sql<{ email: string | null }>`
    select t.email from told_choice t where t.id = ${choiceId} and ${isThere}`.execute(db);
  return rows[0]?.email ?? null;
}

/**
 * Whether the receiver hears of this kind in this school. What belongs to no school is heard by all who have chosen it.
 */
export function hears(
  { schoolId, kinds }: Hearing,
  of: { schoolId: string | null; kind: ToldKind },
): boolean {
  return kinds.includes(of.kind) && (schoolId === null || of.schoolId === null || schoolId === of.schoolId);
}

/** The names of these schools by id. */
export async function schoolNames(db: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from school where id = any(${[...ids]})`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
