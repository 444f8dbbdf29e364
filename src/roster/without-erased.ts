import type { SchoolReading } from './reading.ts';

/** Gives the reading without the erased people whose departure is newer than the roster. Pure. */
export function readingWithoutErased<Reading extends { schools: readonly SchoolReading[] }>(
  reading: Reading,
  isErased: (personId: string) => boolean,
): Reading {
  return { ...reading, schools: reading.schools.map((school) => schoolWithout(school, isErased)) };
}

function schoolWithout(school: SchoolReading, isErased: (personId: string) => boolean): SchoolReading {
  const stays = ([id]: [string, unknown]) => !isErased(id);
  return {
    ...school,
    people: new Map([...school.people].filter(stays)),
    pupils: new Map([...school.pupils].map(([unit, own]) => [unit, new Map([...own].filter(stays))])),
    guardians: new Map(
      [...school.guardians]
        .filter(stays)
        .map(([child, own]) => [child, new Set([...own].filter((id) => !isErased(id)))]),
    ),
  };
}
