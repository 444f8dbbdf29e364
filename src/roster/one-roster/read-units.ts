import { sure } from '../../sure.ts';
import { cleanText } from '../../text/clean-text.ts';
import { cutText } from '../../text/cut-text.ts';
import type { SchoolReading, Span, UnitReading } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RosterDraft, RowSource } from './draft.ts';
import { schoolFault } from './references.ts';
import { DELETED, identified, readName, readSpan } from './row-checks.ts';

/** Reads orgs.csv and keeps organisations of type school. It only notes of the others that they are no schools. */
export async function readOrgs(source: RowSource, draft: RosterDraft): Promise<void> {
  const { report, orgs } = draft;
  const rows = source('orgs', ['sourcedId', 'name', 'type']);
  const unreadable = (id: string) => orgs.has(id) || orgs.set(id, 'rejected');
  for await (const piece of identified(rows, report, unreadable))
    for (const { row, id, deleted } of piece) {
      const name = readName(row, 'name', report);
      const type = row.get('type');
      if (name === undefined) unreadable(id);
      else if (type === 'school') {
        orgs.set(id, 'school');
        draft.schools.set(id, emptySchool(id, name, deleted));
      } else {
        orgs.set(id, 'other');
        report.ignore(row, `Организация не школа (тип «${cutText(cleanText(type), 40)}»)`);
      }
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

/**
 * Reads academicSessions.csv into the days of terms; null where a term cannot be read or lacks a day. Without the
 * file there are no terms, and a class that names one is unclear.
 */
async function readTerms(source: RowSource, draft: RosterDraft): Promise<Map<string, Span | null>> {
  const { report } = draft;
  const terms = new Map<string, Span | null>();
  const rows = source('academicSessions', ['sourcedId', 'startDate', 'endDate']);
  if (rows === undefined) return terms;
  for await (const piece of identified(rows, report, (bad) => terms.set(bad, null)))
    for (const { row, id, deleted } of piece) {
      if (deleted) {
        report.ignore(row, DELETED);
        continue;
      }
      const span = readSpan(row, 'startDate', 'endDate', report);
      const missing = ['startDate', 'endDate'].find((field) => row.get(field) === '');
      if (span !== undefined && missing !== undefined) report.reject(row, missing, 'Не указан день');
      terms.set(id, missing === undefined ? (span ?? null) : null);
    }
  return terms;
}

/** Reads courses.csv into titles; undefined without the file. */
async function readCourses(source: RowSource, draft: RosterDraft): Promise<Map<string, string> | undefined> {
  const rows = source('courses', ['sourcedId', 'title']);
  if (rows === undefined) return undefined;
  const courses = new Map<string, string>();
  for await (const piece of identified(rows, draft.report, () => undefined))
    for (const { row, id } of piece) {
      const title = readName(row, 'title', draft.report);
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

/** Reads classes.csv: classes and subject groups, with the days of their terms (D11) and their subject. */
export async function readUnits(source: RowSource, draft: RosterDraft): Promise<void> {
  const terms = await readTerms(source, draft);
  const courses = await readCourses(source, draft);
  const rows = source('classes', CLASS_COLUMNS);
  const unreadable = (id: string) => draft.unclear.units.add(id);
  for await (const piece of identified(rows, draft.report, unreadable))
    for (const { row, id, deleted } of piece) {
      const schoolId = row.get('schoolSourcedId');
      const school = draft.schools.get(schoolId);
      if (deleted || school?.gone) {
        draft.goneUnits.add(id);
        draft.report.ignore(row, deleted ? DELETED : 'Школа помечена как удалённая');
        continue;
      }
      const unit = readUnit(row, id, draft);
      if (school === undefined)
        draft.report.reject(row, 'schoolSourcedId', sure(schoolFault(schoolId, draft)));
      if (school === undefined || unit === undefined) {
        unreadable(id);
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

function readUnit(row: Row, id: string, draft: RosterDraft): UnitReading | undefined {
  const kind = KINDS.get(row.get('classType'));
  const title = readName(row, 'title', draft.report);
  if (kind === undefined) draft.report.reject(row, 'classType', 'Ожидается homeroom или scheduled');
  if (title === '') draft.report.reject(row, 'title', 'Нет названия');
  if (kind === undefined || !title) return undefined;
  const grade = cutText(cleanText(row.list('grades')[0] ?? ''), 20) || null;
  return { id, kind, title, grade, subject: '', beginsOn: null, endsOn: null, unclearDays: false };
}

/**
 * Gives the days from the start of the first term to the end of the last, holidays included (D11). One term that
 * cannot be read makes the days unclear, because nobody can tell whether it was the first or the last.
 */
function readTermSpan(
  row: Row,
  terms: ReadonlyMap<string, Span | null>,
  draft: RosterDraft,
): Span & { unclearDays: boolean } {
  const spans: Span[] = [];
  let unclearDays = false;
  for (const id of row.list('termSourcedIds')) {
    const term = terms.get(id);
    if (term) spans.push(term);
    else {
      unclearDays = true;
      const why = term === null ? 'Строка этого периода отклонена' : 'Нет такого периода';
      draft.report.lose(row, 'termSourcedIds', `${why} (academicSessions.csv): ${UNCLEAR_DAYS}`);
    }
  }
  const begins = spans.flatMap(({ beginsOn }) => beginsOn ?? []).sort();
  const ends = spans.flatMap(({ endsOn }) => endsOn ?? []).sort();
  return { beginsOn: begins[0] ?? null, endsOn: ends.at(-1) ?? null, unclearDays };
}

const UNCLEAR_DAYS = 'остаются прежние сроки, у нового класса чатов пока не будет';

function readSubject(row: Row, courses: ReadonlyMap<string, string> | undefined, draft: RosterDraft): string {
  const course = row.get('courseSourcedId');
  const title = courses?.get(course);
  if (title !== undefined) return title;
  if (courses !== undefined && course !== '') {
    draft.report.lose(row, 'courseSourcedId', 'Нет такого предмета в courses.csv, или его строка отклонена');
  }
  return cutText(cleanText(row.list('subjects')[0] ?? ''), 200);
}
