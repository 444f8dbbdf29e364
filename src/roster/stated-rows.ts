/** The facts of a school as rows of their tables, as a statement takes them. */
import { personNameKey } from '../text/name-key.ts';
import { CLASS, ENROLLMENT, type FactTable, GUARDIAN, PERSON, SUBJECT_GROUP } from './fact-tables.ts';
import type {
  ClassStatement,
  EnrollmentStatement,
  GroupStatement,
  PersonStatement,
  SchoolFacts,
} from './facts-on.ts';
import type { StatedRow } from './state-facts.ts';

/** Rows of one statement to the database: enough to be quick, few enough to be small in memory. */
const CHUNK_ROWS = 5_000;

/** The rows of every table, in the order in which they are written. */
export type StatedRows = readonly (readonly [table: FactTable, rows: readonly StatedRow[]])[];

/** Writes the rows of every table chunk by chunk. Gives the sum of what `write` returns. */
export async function writeInChunks(
  stated: StatedRows,
  progress: (rows: number) => void,
  write: (table: FactTable, rows: readonly StatedRow[]) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const [table, rows] of stated) {
    for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
      const chunk = rows.slice(at, at + CHUNK_ROWS);
      sum += await write(table, chunk);
      progress(chunk.length);
    }
  }
  return sum;
}

/** Compares by the neighbours' column first, then by the whole key. */
function byKey({ neighboursBy, keys }: FactTable) {
  const columns = [neighboursBy, ...keys.filter((key) => key !== neighboursBy)];
  return (one: StatedRow, other: StatedRow): number => {
    for (const column of columns) {
      const [a, b] = [one[column], other[column]];
      if (a !== b) return String(a) < String(b) ? -1 : 1;
    }
    return 0;
  };
}

/** Gives the facts as rows, sorted by their keys, so that equal facts are equal rows in whatever order they came. */
export function rowsOf(facts: SchoolFacts): StatedRows {
  const all: [FactTable, StatedRow[]][] = [
    [PERSON, facts.people.map(personRow)],
    [CLASS, facts.classes.map(classRow)],
    [SUBJECT_GROUP, facts.groups.map(groupRow)],
    [ENROLLMENT, facts.enrollments.map(enrollmentRow)],
    [GUARDIAN, facts.guardians.map((g) => ({ guardian_id: g.guardianId, student_id: g.studentId }))],
  ];
  for (const [table, rows] of all) rows.sort(byKey(table));
  return all;
}

const personRow = (person: PersonStatement): StatedRow => ({
  id: person.id,
  family_name: person.familyName,
  given_name: person.givenName,
  middle_name: person.middleName,
  name_key: personNameKey(person),
  sex: person.sex,
  birth_date: person.birthDate,
  roles: person.roles,
  dated_roles: person.datedRoles,
});

const classRow = (unit: ClassStatement): StatedRow => ({
  id: unit.id,
  title: unit.title,
  grade: unit.grade,
  homeroom_teacher_ids: unit.teacherIds,
  dated_teachers: unit.datedTeachers,
  continues: null,
  starts_on: unit.beginsOn,
  ends_on: unit.endsOn,
});

const groupRow = (group: GroupStatement): StatedRow => ({
  id: group.id,
  title: group.title,
  subject: group.subject,
  class_id: group.classId,
  teacher_ids: group.teacherIds,
  dated_teachers: group.datedTeachers,
  starts_on: group.beginsOn,
  ends_on: group.endsOn,
});

const enrollmentRow = (enrollment: EnrollmentStatement): StatedRow => ({
  unit: enrollment.unit,
  unit_id: enrollment.unitId,
  student_id: enrollment.studentId,
  begins_on: enrollment.beginsOn,
  ends_on: enrollment.endsOn,
  dated_spans: enrollment.datedSpans,
});
