import { sql } from 'kysely';
import type { Role } from '../desired/model.ts';
import type { PersonReading } from '../roster/reading.ts';
import type { Sql } from '../store/database.ts';
import { personNameKey } from '../text/name-key.ts';
import { matchPeople, type NamedPerson } from './match-people.ts';

/**
 * Counts the people whom a list does not name any more and who stand in it under other ids (K4). It costs one question
 * where the list leaves nobody out.
 */
export async function countRenumbered(
  tx: Sql,
  schoolId: string,
  people: ReadonlyMap<string, PersonReading>,
): Promise<number> {
  const { rows } = await sql<NamedPerson & { roles: Role[] }>`
    select id, name_key as "nameKey", birth_date as "birthDate", roles from person
    where school_id = ${schoolId} and present and id <> all(${[...people.keys()]})`.execute(tx);
  if (rows.length === 0) return 0;
  const { rows: known } = await sql<{ id: string }>`
    select id from person where school_id = ${schoolId} and present and id = any(${[...people.keys()]})`.execute(
    tx,
  );
  const stay = new Set(known.map(({ id }) => id));
  const come = [...people.values()].filter(({ id, roles }) => !stay.has(id) && roles.length > 0);
  return matchPeople(rows, come.map(named)).length;
}

const named = (person: PersonReading): NamedPerson => ({
  id: person.id,
  nameKey: personNameKey(person),
  birthDate: person.birthDate,
  roles: person.roles.map(({ role }) => role),
});
