import type { SchoolReading } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RosterFileName } from './manifest.ts';
import type { RejectedRows } from './rejected.ts';

/** What is known while the files are read, in the order of their references. */
export interface Draft {
  rejected: RejectedRows;
  /** Organisations of any type. */
  orgs: Set<string>;
  schools: Map<string, SchoolReading>;
  schoolOfUnit: Map<string, SchoolReading>;
  /** Marked as deleted: a reference to them is no mistake. */
  goneUnits: Set<string>;
  gonePeople: Set<string>;
  unclear: { people: Set<string>; roles: Set<string>; units: Set<string>; enrollments: Set<string> };
}

/** The rows of a required file, or undefined where an optional one is not in the archive. */
export interface RowSource {
  (
    file: 'orgs' | 'classes' | 'users' | 'roles' | 'enrollments',
    required: readonly string[],
  ): AsyncGenerator<Row>;
  (
    file: Exclude<RosterFileName, 'orgs' | 'classes' | 'users' | 'roles' | 'enrollments'>,
    required: readonly string[],
  ): AsyncGenerator<Row> | undefined;
}
