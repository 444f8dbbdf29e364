/**
 * The former ids of people (K4). All rows of a person who came back under a new id stand under that one. The old id
 * still names the person wherever it comes from: the journal, a late event, an older list, a link that somebody kept.
 * It does so as long as the roster has nobody else of that id.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../database.ts';

/** Pairs `m` whose old id is a former id. */
const isFormer = (schoolId: string) => sql<boolean>`m.school_id = ${schoolId} and m.state = 'same'
  and not exists (select from person o where o.school_id = m.school_id and o.id = m.old_id and o.present)`;

/**
 * Gives in SQL the id that the person of this id has now. It is a select of its own, so that an index finds the person.
 * A `coalesce` is not let past the wall between schools, so every row of the school would be compared with it.
 */
export const currentId = (schoolId: string, id: RawBuilder<unknown>) => sql<string>`(select coalesce(
  (select m.new_id from person_match m where m.old_id = ${id} and ${isFormer(schoolId)}), ${id}))`;

/** Gives in SQL, as an array, all ids of the person who has or had this one. */
export const everyIdOf = (schoolId: string, id: RawBuilder<unknown>) => sql<string[]>`array(
  select ${currentId(schoolId, id)} union all
  select m.old_id from person_match m where m.new_id = ${currentId(schoolId, id)} and ${isFormer(schoolId)})`;

/** Gives in SQL the former ids with the ids of now (`old_id`, `new_id`). */
export const formerIds = (schoolId: string) => sql`(
  select m.old_id, m.new_id from person_match m where ${isFormer(schoolId)})`;

export interface FormerId {
  /** The id that the person has now, or may have. */
  id: string;
  /** When the list came that named the new id; milliseconds since 1970. */
  sinceMs: number;
}

/** Gives those among `ids` that are former ones. */
export async function formerAmong(
  db: Sql,
  schoolId: string,
  ids: readonly string[],
): Promise<Map<string, FormerId>> {
  return pairsOf(db, sql`m.old_id = any(${[...ids]}) and ${isFormer(schoolId)}`);
}

/** Gives those among `ids` about which a person has not decided yet whether they are former ones. */
export async function undecidedAmong(
  db: Sql,
  schoolId: string,
  ids: readonly string[],
): Promise<Map<string, FormerId>> {
  return pairsOf(db, sql`m.old_id = any(${[...ids]}) and m.school_id = ${schoolId} and m.state = 'open'`);
}

async function pairsOf(db: Sql, are: RawBuilder<unknown>): Promise<Map<string, FormerId>> {
  const { rows } = await sql<{ oldId: string; id: string; since: Date }>`
    select m.old_id as "oldId", m.new_id as id, m.proposed_at as since from person_match m where ${are}`.execute(
    db,
  );
  return new Map(rows.map(({ oldId, id, since }) => [oldId, { id, sinceMs: new Date(since).getTime() }]));
}

/** Gives the id that the person of this id has now. */
export async function idNow(db: Sql, schoolId: string, personId: string): Promise<string> {
  return (await formerAmong(db, schoolId, [personId])).get(personId)?.id ?? personId;
}
