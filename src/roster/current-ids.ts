import type { Sql } from '../store/database.ts';
import { formerAmong } from '../store/queries/former-ids.ts';
import { pairKey, pairOf, type SchoolReading, type Unclear } from './reading.ts';

type Known = { schools: readonly SchoolReading[]; unclear: Unclear };
type IdOf = (id: string) => string;

/**
 * Gives the reading under the ids that people have now (K4): an older list, or one that is half migrated, may still
 * name their former ids. A list that names both ids of a person speaks of two people, and both stay as they are.
 */
export async function readingUnderCurrentIds<Reading extends Known>(
  tx: Sql,
  schoolId: string,
  reading: Reading,
): Promise<Reading> {
  const named = new Set(reading.schools.flatMap(({ people }) => [...people.keys()]));
  const former = await formerAmong(tx, schoolId, [...named]);
  const now = new Map([...former].flatMap(([old, { id }]) => (named.has(id) ? [] : [[old, id] as const])));
  return now.size === 0 ? reading : renamed(reading, (id) => now.get(id) ?? id);
}

function renamed<Reading extends Known>(reading: Reading, idOf: IdOf): Reading {
  const { people, roles, enrollments } = reading.unclear;
  const inPair = (key: string) => {
    const [unit, person] = pairOf(key);
    return pairKey(unit, idOf(person));
  };
  return {
    ...reading,
    schools: reading.schools.map((school) => renamedSchool(school, idOf)),
    unclear: {
      ...reading.unclear,
      ...{ people: new Set([...people].map(idOf)), roles: new Set([...roles].map(idOf)) },
      enrollments: new Set([...enrollments].map(inPair)),
    },
  };
}

function renamedSchool(school: SchoolReading, idOf: IdOf): SchoolReading {
  const places = (units: SchoolReading['pupils']) =>
    new Map(
      [...units].map(([unit, own]) => [unit, new Map([...own].map(([id, spans]) => [idOf(id), spans]))]),
    );
  return {
    ...school,
    people: new Map([...school.people.values()].map((one) => [idOf(one.id), { ...one, id: idOf(one.id) }])),
    ...{ pupils: places(school.pupils), teachers: places(school.teachers) },
    guardians: new Map(
      [...school.guardians].map(([child, own]) => [idOf(child), new Set([...own].map(idOf))]),
    ),
  };
}
