import { pairKey, type SchoolReading, type Span } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RosterDraft, RowSource } from './draft.ts';
import { goneUser, unitFault, userFault } from './references.ts';
import { enrollmentRole } from './roles.ts';
import { DELETED, identified, readSpan } from './row-checks.ts';

const COLUMNS = [
  'sourcedId',
  'classSourcedId',
  'schoolSourcedId',
  'userSourcedId',
  'role',
  'beginDate',
  'endDate',
];

/** Reads enrollments.csv: who learns and who teaches where. Gives how many rows were taken. */
export async function readEnrollments(source: RowSource, draft: RosterDraft): Promise<number> {
  const { report } = draft;
  let taken = 0;
  const keep = (row: Row) =>
    draft.unclear.enrollments.add(pairKey(row.get('classSourcedId'), row.get('userSourcedId')));
  const rows = source('enrollments', COLUMNS);
  for await (const piece of identified(rows, report, (_, bad) => keep(bad)))
    for (const { row, deleted } of piece) {
      const role = enrollmentRole(row.get('role'));
      const leftOut = deleted ? DELETED : leftOutBy(row, role, draft);
      if (leftOut !== undefined) {
        report.ignore(row, leftOut);
        continue;
      }
      const school = schoolOf(row, draft);
      if (role === undefined) report.reject(row, 'role', 'Неизвестная роль');
      const span = readSpan(row, 'beginDate', 'endDate', report);
      if (school === undefined || role === undefined || span === undefined) keep(row);
      else {
        taken += 1;
        const units = role === 'student' ? school.pupils : school.teachers;
        add(units, row.get('classSourcedId'), row.get('userSourcedId'), span);
      }
    }
  return taken;
}

function leftOutBy(
  row: Row,
  role: ReturnType<typeof enrollmentRole>,
  draft: RosterDraft,
): string | undefined {
  if (role === 'other') return 'Роль в классе не ученик и не учитель: в чат класса не входит';
  if (draft.goneUnits.has(row.get('classSourcedId'))) return 'Класс помечен как удалённый';
  return goneUser(row.get('userSourcedId'), draft);
}

function schoolOf(row: Row, draft: RosterDraft): SchoolReading | undefined {
  const unitId = row.get('classSourcedId');
  const userId = row.get('userSourcedId');
  const school = draft.schoolOfUnit.get(unitId);
  const named = row.get('schoolSourcedId');
  if (school === undefined) {
    draft.report.reject(row, 'classSourcedId', unitFault(unitId, draft));
  } else if (named !== '' && named !== school.id) {
    draft.report.reject(row, 'schoolSourcedId', 'Класс другой школы');
  } else if (!school.people.has(userId)) {
    draft.report.reject(row, 'userSourcedId', userFault(userId, draft));
  } else return school;
  return undefined;
}

function add(byUnit: SchoolReading['pupils'], unitId: string, userId: string, span: Span): void {
  const unit = byUnit.get(unitId) ?? new Map<string, Span[]>();
  byUnit.set(unitId, unit);
  const spans = unit.get(userId);
  if (spans === undefined) unit.set(userId, [span]);
  else spans.push(span);
}
