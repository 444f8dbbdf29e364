import { cleanText } from '../clean-text.ts';
import type { SchoolReading, Span, UnitReading } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { Draft, RowSource } from './draft.ts';
import { identified, readName, readSpan } from './row-checks.ts';

/** orgs.csv: organisations of type school; the others are known, and of no interest. */
export async function readOrgs(source: RowSource, draft: Draft): Promise<void> {
  const rows = source('orgs', ['sourcedId', 'name', 'type']);
  for await (const { row, id, deleted } of identified(rows, draft.rejected, () => undefined)) {
    const name = readName(row, 'name', draft.rejected);
    if (name === undefined) continue;
    draft.orgs.add(id);
    if (row.get('type') === 'school') draft.schools.set(id, emptySchool(id, name, deleted));
  }
}

function emptySchool(id: string, name: string, gone: boolean): SchoolReading {
  return {
    id,
    name,
    gone,
    people: new Map(),
    units: new Map(),
    pupils: new Map(),
    teachers: new Map(),
    guardians: new Map(),
  };
}

/** academicSessions.csv → days of terms; undefined without the file. */
async function readTerms(source: RowSource, draft: Draft): Promise<Map<string, Span> | undefined> {
  const rows = source('academicSessions', ['sourcedId', 'startDate', 'endDate']);
  if (rows === undefined) return undefined;
  const terms = new Map<string, Span>();
  for await (const { row, id, deleted } of identified(rows, draft.rejected, () => undefined)) {
    const span = deleted ? undefined : readSpan(row, 'startDate', 'endDate', draft.rejected);
    if (span !== undefined) terms.set(id, span);
  }
  return terms;
}

/** courses.csv → titles; undefined without the file. */
async function readCourses(source: RowSource, draft: Draft): Promise<Map<string, string> | undefined> {
  const rows = source('courses', ['sourcedId', 'title']);
  if (rows === undefined) return undefined;
  const courses = new Map<string, string>();
  for await (const { row, id } of identified(rows, draft.rejected, () => undefined)) {
    const title = readName(row, 'title', draft.rejected);
    if (title !== undefined) courses.set(id, title);
  }
  return courses;
}

const CLASS_COLUMNS = [
  'sourcedId',
  'title',
  'courseSourcedId',
  'classType',
  'schoolSourcedId',
  'termSourcedIds',
];

/** classes.csv: homerooms and subject groups, with the days of their terms (D11) and their subject. */
export async function readUnits(source: RowSource, draft: Draft): Promise<void> {
  const terms = await readTerms(source, draft);
  const courses = await readCourses(source, draft);
  const rows = source('classes', CLASS_COLUMNS);
  for await (const { row, id, deleted } of identified(rows, draft.rejected, (bad) =>
    draft.unclear.units.add(bad),
  )) {
    const school = draft.schools.get(row.get('schoolSourcedId'));
    if (deleted || school?.gone) {
      draft.goneUnits.add(id);
      continue;
    }
    const unit = readUnit(row, id, draft);
    if (school === undefined) draft.rejected.add(row, 'schoolSourcedId', 'Нет такой школы в orgs.csv');
    if (school === undefined || unit === undefined) {
      draft.unclear.units.add(id);
      continue;
    }
    Object.assign(unit, readTermSpan(row, terms, draft));
    if (unit.kind === 'group') unit.subject = readSubject(row, courses, draft);
    school.units.set(id, unit);
    draft.schoolOfUnit.set(id, school);
  }
}

const KINDS: ReadonlyMap<string, UnitReading['kind']> = new Map([
  ['homeroom', 'class'],
  ['scheduled', 'group'],
]);

function readUnit(row: Row, id: string, draft: Draft): UnitReading | undefined {
  const kind = KINDS.get(row.get('classType'));
  const title = readName(row, 'title', draft.rejected);
  if (kind === undefined) draft.rejected.add(row, 'classType', 'Ожидается homeroom или scheduled');
  if (title === '') draft.rejected.add(row, 'title', 'Нет названия');
  if (kind === undefined || !title) return undefined;
  const grade = cleanText(row.list('grades')[0] ?? '').slice(0, 20) || null;
  return { id, kind, title, grade, subject: '', beginsOn: null, endsOn: null };
}

/** From the start of the first term to the end of the last, holidays included (D11). */
function readTermSpan(row: Row, terms: ReadonlyMap<string, Span> | undefined, draft: Draft): Span {
  const spans: Span[] = [];
  for (const id of row.list('termSourcedIds')) {
    const term = terms?.get(id);
    if (term !== undefined) spans.push(term);
    else if (terms !== undefined)
      draft.rejected.add(row, 'termSourcedIds', 'Нет такого периода в academicSessions.csv');
  }
  const begins = spans.map((span) => span.beginsOn);
  const ends = spans.map((span) => span.endsOn);
  return {
    beginsOn: begins.includes(null) ? null : ((begins.sort()[0] as string | undefined) ?? null),
    endsOn: ends.includes(null) ? null : ((ends.sort().at(-1) as string | undefined) ?? null),
  };
}

function readSubject(row: Row, courses: ReadonlyMap<string, string> | undefined, draft: Draft): string {
  const course = row.get('courseSourcedId');
  const title = courses?.get(course);
  if (title !== undefined) return title;
  if (courses !== undefined && course !== '') {
    draft.rejected.add(row, 'courseSourcedId', 'Нет такого предмета в courses.csv');
  }
  return cleanText(row.list('subjects')[0] ?? '').slice(0, 200);
}
