import type { PersonReading } from '../reading.ts';
import type { Row } from './csv-rows.ts';

/** A row of users.csv before it is known in which schools the user is a person. */
export interface User {
  row: Row;
  person: Omit<PersonReading, 'roles'>;
  /** By organisation, including organisations that are no schools. */
  roles: Map<string, PersonReading['roles']>;
  agents: string[];
}

/** By id. A user may have a row for each of their schools, and one id in two schools may belong to two people. */
export type Users = Map<string, User[]>;

/** Two rows of one id are one person where this name is the same. */
export function nameOf(person: Pick<PersonReading, 'familyName' | 'givenName' | 'middleName'>): string {
  return [person.familyName, person.givenName, person.middleName].join('\n');
}
