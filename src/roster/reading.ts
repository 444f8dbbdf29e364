import type { Day, Role, UnitKind } from '../desired/model.ts';
import type { RowOutcome } from './one-roster/row-report.ts';

/** First and last day, both included; null: no bound. */
export interface Span {
  beginsOn: Day | null;
  endsOn: Day | null;
}

/** What a roster file says, of each of its schools. Deleted rows are not in it: absence says the same. */
export interface RosterReading {
  version: '1.1' | '1.2';
  schools: readonly SchoolReading[];
  unclear: Unclear;
  counts: RosterCounts;
  rows: RowOutcome;
  /** What of the whole file should be known to whoever sent it; Russian. */
  remarks: readonly { code: string; message: string }[];
}

export interface RosterCounts {
  schools: number;
  people: number;
  classes: number;
  subjectGroups: number;
  /** Of pupils and of teachers. */
  enrollments: number;
}

export interface SchoolReading {
  id: string;
  name: string;
  /** Marked as deleted: all that was in it is gone. */
  gone: boolean;
  people: Map<string, PersonReading>;
  units: Map<string, UnitReading>;
  /** By unit, then by pupil. */
  pupils: Map<string, Map<string, Span[]>>;
  /** By unit, then by teacher. */
  teachers: Map<string, Map<string, Span[]>>;
  /** By child. */
  guardians: Map<string, Set<string>>;
}

export interface PersonReading {
  id: string;
  /** Of users.csv. */
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
  /** D11: a term of it is missing or cannot be read; its days are not to be taken for open. */
  unclearDays: boolean;
}

/**
 * What bad rows spoke of. Nobody can tell what they would have said, so what was known of these stays as it was:
 * a misprint takes nobody out of a chat.
 */
export interface Unclear {
  people: ReadonlySet<string>;
  /** Some of the person's roles could not be read. */
  roles: ReadonlySet<string>;
  units: ReadonlySet<string>;
  /** `pairKey(unitId, userId)` of pupils and teachers. */
  enrollments: ReadonlySet<string>;
}

/** Ids hold no control characters, so this joins two of them unambiguously. */
export function pairKey(a: string, b: string): string {
  return `${a}\n${b}`;
}
