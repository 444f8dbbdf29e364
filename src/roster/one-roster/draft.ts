import type { SchoolReading } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RosterFileName } from './manifest.ts';
import type { RowReport } from './row-report.ts';

/** What is known while the files are read. A file is read after those that its rows refer to. */
export interface RosterDraft {
  report: RowReport;
  /** By id; `rejected` means that the organisation's row could not be read. */
  orgs: Map<string, 'school' | 'other' | 'rejected'>;
  schools: Map<string, SchoolReading>;
  schoolOfUnit: Map<string, SchoolReading>;
  /** Classes and groups marked as deleted, to which a reference is no mistake. */
  goneUnits: Set<string>;
  /** Every id of users.csv. A reference to somebody deleted, disabled or of no school is no mistake either. */
  users: Map<string, 'known' | 'rejected' | 'deleted' | 'disabled' | 'elsewhere'>;
  unclear: { people: Set<string>; roles: Set<string>; units: Set<string>; enrollments: Set<string> };
  /** What the sender should know of the file as a whole; Russian. */
  remarks: { code: string; message: string }[];
}

/** Gives the rows of a required file piece by piece, or undefined where an optional file is not in the archive. */
export interface RowSource {
  (
    file: 'orgs' | 'classes' | 'users' | 'roles' | 'enrollments',
    required: readonly string[],
  ): AsyncGenerator<Iterable<Row>>;
  (
    file: Exclude<RosterFileName, 'orgs' | 'classes' | 'users' | 'roles' | 'enrollments'>,
    required: readonly string[],
  ): AsyncGenerator<Iterable<Row>> | undefined;
}
