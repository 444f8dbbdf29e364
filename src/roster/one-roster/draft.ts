import type { SchoolReading } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RosterFileName } from './manifest.ts';
import type { RowReport } from './row-report.ts';

/** What is known while the files are read, in the order of their references. */
export interface RosterDraft {
  report: RowReport;
  /** By id; `rejected`: its row could not be read. */
  orgs: Map<string, 'school' | 'other' | 'rejected'>;
  schools: Map<string, SchoolReading>;
  schoolOfUnit: Map<string, SchoolReading>;
  /** Marked as deleted: a reference to them is no mistake. */
  goneUnits: Set<string>;
  /** Every id of users.csv. Deleted, disabled, of no school: a reference to them is no mistake either. */
  users: Map<string, 'known' | 'rejected' | 'deleted' | 'disabled' | 'elsewhere'>;
  unclear: { people: Set<string>; roles: Set<string>; units: Set<string>; enrollments: Set<string> };
  /** What of the whole file should be known to whoever sent it; Russian. */
  remarks: { code: string; message: string }[];
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
