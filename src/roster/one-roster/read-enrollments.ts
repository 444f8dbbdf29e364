import { pairKey, type SchoolReading, type Span } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { Draft, RowSource } from './draft.ts';
import { enrollmentRole } from './roles.ts';
import { identified, NO_SUCH_USER, readSpan } from './row-checks.ts';

const COLUMNS = [
  'sourcedId',
  'classSourcedId',
  'schoolSourcedId',
  'userSourcedId',
  'role',
  'beginDate',
  'endDate',
];

/** enrollments.csv: who studies and who teaches where. Gives how many rows were taken. */
export async function readEnrollments(source: RowSource, draft: Draft): Promise<number> {
  let taken = 0;
  const keep = (row: Row) =>
    draft.unclear.enrollments.add(pairKey(row.get('classSourcedId'), row.get('userSourcedId')));
  const rows = source('enrollments', COLUMNS);
  for await (const { row, deleted } of identified(rows, draft.rejected, (_, bad) => keep(bad))) {
    const unitId = row.get('classSourcedId');
    const userId = row.get('userSourcedId');
    if (deleted || draft.goneUnits.has(unitId) || draft.gonePeople.has(userId)) continue;
    const school = schoolOf(row, unitId, userId, draft);
    const role = enrollmentRole(row.get('role'));
    if (role === undefined) draft.rejected.add(row, 'role', 'Неизвестная роль');
    const span = readSpan(row, 'beginDate', 'endDate', draft.rejected);
    if (school === undefined || role === undefined || span === undefined) keep(row);
    else if (role !== 'other') {
      taken += 1;
      add(role === 'student' ? school.pupils : school.teachers, unitId, userId, span);
    }
  }
  return taken;
}

function schoolOf(row: Row, unitId: string, userId: string, draft: Draft): SchoolReading | undefined {
  const school = draft.schoolOfUnit.get(unitId);
  const named = row.get('schoolSourcedId');
  if (school === undefined) {
    draft.rejected.add(row, 'classSourcedId', 'Нет такого класса в classes.csv, или его строка отклонена');
  } else if (named !== '' && named !== school.id) {
    draft.rejected.add(row, 'schoolSourcedId', 'Класс другой школы');
  } else if (!school.people.has(userId)) {
    draft.rejected.add(row, 'userSourcedId', NO_SUCH_USER);
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
