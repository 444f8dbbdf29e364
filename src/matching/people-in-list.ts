/** Finds the people whom a list does not name any more and who may stand in it under other ids (K4). */
import { sql } from 'kysely';
import { BY_IMPORT } from '../facts/stamp.ts';
import type { PersonReading, SchoolReading } from '../roster/reading.ts';
import { saidOfPairs } from '../rows/person-match.ts';
import type { Sql } from '../store/database.ts';
import { nameKey, personNameKey } from '../text/name-key.ts';
import { matchPeople, type NamedPerson, type PersonMatch } from './match-people.ts';

/**
 * Pairs people who are gone from the list with people who have come in it: those who are not in the roster, or of whom
 * events alone have spoken. Pairs that a person has refused are left out. It costs one question where the list leaves
 * nobody out.
 */
export async function matchesInList(
  tx: Sql,
  schoolId: string,
  school: SchoolReading,
): Promise<PersonMatch[]> {
  const listed = [...school.people.keys()];
  const { rows: gone } = await sql<{ nameKey: string }>`select name_key as "nameKey" from person
    where school_id = ${schoolId} and present and id <> all(${listed})`.execute(tx);
  if (gone.length === 0) return [];
  const names = new Set(gone.map((one) => one.nameKey));
  const known = await knownByLists(tx, schoolId, listed);
  const come = [...school.people.values()].filter(
    (one) => one.roles.length > 0 && !known.has(one.id) && names.has(personNameKey(one)),
  );
  if (come.length === 0) return [];
  const before = await namedBefore(tx, schoolId, { listed, names: come.map(personNameKey) });
  const linked = await linksOf(tx, schoolId, come);
  const now = namedNow(school, come).map((one) => ({ ...one, vkUserId: linked.get(one.id) ?? one.vkUserId }));
  return matchPeople(before, now, await saidOfPairs(tx, schoolId));
}

/** Gives the people of the list who are present by an earlier list. */
async function knownByLists(tx: Sql, schoolId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from person where school_id = ${schoolId} and present and id = any(${[...ids]})
      and stated_by like any(${[...BY_IMPORT]})`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** Gives the profiles that people under new ids have linked already: theirs is one whatever the list says. */
async function linksOf(tx: Sql, schoolId: string, people: readonly { id: string }[]) {
  const { rows } = await sql<{ id: string; vk: string }>`
    select person_id as id, vk_user_id as vk from profile_link
    where school_id = ${schoolId} and present and vk_user_id is not null
      and person_id = any(${people.map(({ id }) => id)})`.execute(tx);
  return new Map(rows.map(({ id, vk }) => [id, Number(vk)]));
}

/** Gives what is stored of those present people with these names whom the list does not name. */
async function namedBefore(
  tx: Sql,
  schoolId: string,
  { listed, names }: { listed: readonly string[]; names: readonly string[] },
): Promise<NamedPerson[]> {
  const { rows } = await sql<Omit<NamedPerson, 'units' | 'kin' | 'vkUserId'> & { vk: string | null }>`
    select p.id, p.name_key as "nameKey", p.birth_date as "birthDate", p.roles, l.vk_user_id as vk
    from person p left join profile_link l on l.school_id = p.school_id and l.person_id = p.id and l.present
    where p.school_id = ${schoolId} and p.present and p.id <> all(${[...listed]})
      and p.name_key = any(${[...names]})`.execute(tx);
  const ids = rows.map(({ id }) => id);
  const units = await storedUnits(tx, schoolId, ids);
  const kin = await storedKin(tx, schoolId, ids);
  return rows.map(({ vk, ...person }) => ({
    ...person,
    vkUserId: vk === null ? null : Number(vk),
    units: new Set((units.get(person.id) ?? []).flatMap(keysOfUnit)),
    kin: new Set((kin.get(person.id) ?? []).map(({ name }) => name)),
  }));
}

interface Unit {
  kind: string;
  id: string;
  title: string;
}

/** Where these people learn or teach. */
async function storedUnits(tx: Sql, schoolId: string, ids: readonly string[]) {
  const asked = sql`any(${[...ids]}::text[])`;
  const { rows } = await sql<Unit & { person: string }>`
    with unit as materialized (
      select 'class' as kind, id, title, homeroom_teacher_ids as teachers from class
        where school_id = ${schoolId} and present
      union all select 'group', id, title, teacher_ids from subject_group where school_id = ${schoolId} and present)
    select e.student_id as person, u.kind, u.id, u.title
      from enrollment e join unit u on u.kind = e.unit and u.id = e.unit_id
      where e.school_id = ${schoolId} and e.present and e.student_id = ${asked}
    union all select t, u.kind, u.id, u.title from unit u, unnest(u.teachers) t where t = ${asked}`.execute(
    tx,
  );
  return Map.groupBy(rows, ({ person }) => person);
}

/** The folded names of these people's parents or children. */
async function storedKin(tx: Sql, schoolId: string, ids: readonly string[]) {
  const asked = sql`any(${[...ids]}::text[])`;
  const kin = (own: 'guardian_id' | 'student_id', other: 'guardian_id' | 'student_id') => sql`
    select g.${sql.ref(own)} as person, k.name_key as name from guardian g
      join person k on k.school_id = g.school_id and k.id = g.${sql.ref(other)}
      where g.school_id = ${schoolId} and g.present and g.${sql.ref(own)} = ${asked}`;
  const { rows } = await sql<{ person: string; name: string }>`
    ${kin('guardian_id', 'student_id')} union all ${kin('student_id', 'guardian_id')}`.execute(tx);
  return Map.groupBy(rows, ({ person }) => person);
}

function namedNow(school: SchoolReading, people: readonly PersonReading[]): NamedPerson[] {
  const units = unitsOf(school);
  const kin = kinIn(school);
  return people.map((person) => ({
    ...{ id: person.id, nameKey: personNameKey(person), birthDate: person.birthDate },
    ...{ roles: person.roles.map(({ role }) => role), vkUserId: person.vkUserId },
    units: new Set((units.get(person.id) ?? []).flatMap(keysOfUnit)),
    kin: new Set(
      (kin.get(person.id) ?? []).flatMap((id) => {
        const one = school.people.get(id);
        return one ? [personNameKey(one)] : [];
      }),
    ),
  }));
}

/** A unit is the same by its id or by its title, because its id may have changed as well. */
const keysOfUnit = ({ kind, id, title }: Unit) => [`${kind} ${id}`, `${kind} titled ${nameKey(title)}`];

function unitsOf({ units, pupils, teachers }: SchoolReading) {
  const found = new Map<string, Unit[]>();
  for (const [unitId, people] of [...pupils, ...teachers]) {
    const unit = units.get(unitId);
    if (unit) for (const id of people.keys()) found.set(id, [...(found.get(id) ?? []), unit]);
  }
  return found;
}

function kinIn({ guardians }: SchoolReading): Map<string, string[]> {
  const kin = new Map<string, string[]>();
  const add = (id: string, other: string) => kin.set(id, [...(kin.get(id) ?? []), other]);
  for (const [child, own] of guardians) {
    for (const guardian of own) {
      add(child, guardian);
      add(guardian, child);
    }
  }
  return kin;
}
