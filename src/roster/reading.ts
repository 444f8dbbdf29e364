import type { Day, Role, UnitKind } from '../desired/model.ts';
import type { RowOutcome } from './one-roster/row-report.ts';

/** First and last day, both included; null means no bound. */
export interface Span {
  beginsOn: Day | null;
  endsOn: Day | null;
}

export const ALWAYS: Span = { beginsOn: null, endsOn: null };

/** What a roster file says of each of its schools. Deleted rows are left out, because absence says the same. */
export interface RosterReading {
  version: '1.1' | '1.2';
  schools: readonly SchoolReading[];
  unclear: Unclear;
  counts: RosterCounts;
  rows: RowOutcome;
  /** What the sender should know of the file as a whole; Russian. */
  remarks: readonly { code: string; message: string }[];
}

export interface RosterCounts {
  schools: number;
  people: number;
  classes: number;
  subjectGroups: number;
  /** Places of pupils and of teachers together. */
  enrollments: number;
}

export interface SchoolReading {
  id: string;
  name: string;
  /** The school is marked as deleted, so everything in it is gone. */
  gone: boolean;
  people: Map<string, PersonReading>;
  units: Map<string, UnitReading>;
  /** The spans by unit, then by pupil. */
  pupils: Map<string, Map<string, Span[]>>;
  /** The spans by unit, then by teacher. */
  teachers: Map<string, Map<string, Span[]>>;
  /** The guardians by child. */
  guardians: Map<string, Set<string>>;
}

export interface PersonReading {
  id: string;
  /** The line in users.csv. */
  line: number;
  familyName: string;
  givenName: string;
  middleName: string;
  roles: { role: Role; span: Span }[];
  sex: 'male' | 'female' | null;
  birthDate: Day | null;
  vkUserId: number | null;
}

export interface UnitReading extends Span {
  id: string;
  kind: UnitKind;
  title: string;
  grade: string | null;
  subject: string;
  /** A term of the unit is missing or cannot be read, so its days are unknown, not open (D11). */
  unclearDays: boolean;
}

/**
 * The things that bad rows spoke of. Nobody can tell what these rows would have said, so what was known stays as it
 * was, and a misprint takes nobody out of a chat.
 */
export interface Unclear {
  people: ReadonlySet<string>;
  /** People some of whose roles could not be read. */
  roles: ReadonlySet<string>;
  units: ReadonlySet<string>;
  /** `pairKey(unitId, userId)` of pupils and teachers. */
  enrollments: ReadonlySet<string>;
}

/** Joins two ids unambiguously, because ids hold no control characters. */
export function pairKey(a: string, b: string): string {
  return `${a}\n${b}`;
}

/** Takes apart what `pairKey` has joined. */
export function pairOf(key: string): [a: string, b: string] {
  const [a = '', b = ''] = key.split('\n');
  return [a, b];
}
