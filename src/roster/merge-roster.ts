import { sql } from 'kysely';
import { stampOf } from '../facts/stamp.ts';
import { type LinkCandidate, linkByRoster, linkCandidates, TAKEN } from '../profile/profile-links.ts';
import type { Relinked } from '../profile/settle-profiles.ts';
import { groupsChanged } from '../rows/meeting.ts';
import { nameByRoster, noteWholeRoster } from '../rows/school.ts';
import { instant, type Sql } from '../store/database.ts';
import { timeIn } from '../store/school-day.ts';
import { nameKey } from '../text/name-key.ts';
import {
  CLASS,
  ENROLLMENT,
  FACT_TABLES,
  type FactTable,
  GUARDIAN,
  PERSON,
  SUBJECT_GROUP,
} from './fact-tables.ts';
import { factsOn, type SchoolFacts } from './facts-on.ts';
import { keepUnclear, keptRows } from './keep-unclear.ts';
import type { RowFault } from './one-roster/row-report.ts';
import { addedToStored } from './only-adding.ts';
import { endOrderedPlaces } from './ordered-places.ts';
import type { OnProgress } from './read-roster.ts';
import type { RosterCounts, RosterReading } from './reading.ts';
import { reviveCancelled } from './revive.ts';
import { type StatedRow, type Statement, stateAbsence, stateFacts, stateFirstFacts } from './state-facts.ts';

export interface MergeOptions {
  /** When СГО wrote the roster; ISO 8601. */
  takenAt: string;
  /** `importedBy(…)`. It decides between two statements of the same instant. */
  by: string;
  /** The zone of schools that have none of their own. */
  timeZone: string;
  /** Schools whose statement looks incomplete (J2), so that it adds and takes nobody out. */
  addOnly?: ReadonlySet<string>;
  /** When the roster is merged; left out, it is `takenAt`. */
  nowMs?: number;
  onProgress?: OnProgress;
}

export interface MergeResult {
  /** `changed`: facts that decide membership or names differ from before. */
  schools: { id: string; created: boolean; changed: boolean }[];
  counts: RosterCounts;
  /** New classes and groups whose term is unclear (D11). They are not taken until it is clear. */
  unclearUnitIds: string[];
  /** Profile links that were refused (A7). Their people are taken without them. */
  refusedLinks: RowFault[];
  /** The people who have another VK ID now, in any school. */
  relinked: Relinked[];
}

/** The part of a reading that is merged. */
export type MergedReading = Pick<RosterReading, 'schools' | 'unclear' | 'counts'>;

/** Rows of one statement to the database: enough to be quick, few enough to be small in memory. */
const CHUNK_ROWS = 5_000;

/**
 * Merges a roster into the facts, as a whole statement of its schools' people, classes, groups, enrollments and
 * guardians at `takenAt`. The caller holds the schools' locks. Orders, exceptions, manual chats and lessons are not
 * touched. A school of which a later whole roster was merged stays as it is.
 */
export async function mergeRoster(
  tx: Sql,
  reading: MergedReading,
  options: MergeOptions,
): Promise<MergeResult> {
  const stamp = stampOf(options.takenAt, options.by);
  const moment = { timeZone: options.timeZone, nowMs: options.nowMs ?? Date.parse(stamp.at) };
  const ids = reading.schools.map((school) => school.id);
  const known = await knownSchools(tx, ids);
  const outdated = await outdatedSchools(tx, ids, stamp.at);
  const schools: MergeResult['schools'] = [];
  const candidates: LinkCandidate[] = [];
  const unclearUnitIds: string[] = [];
  const progress = rowProgress(reading, options.onProgress);
  for (const school of reading.schools) {
    const before = known.get(school.id);
    if (before === undefined && school.gone) continue;
    if (outdated.has(school.id)) {
      schools.push({ id: school.id, created: false, changed: false });
      continue;
    }
    const addOnly = options.addOnly?.has(school.id) ?? false;
    const renamed = await nameByRoster(tx, school);
    if (!addOnly) await noteWholeRoster(tx, school.id, stamp.at);
    const { dayOf } = timeIn(before?.timeZone, moment);
    const to = { schoolId: school.id, stamp, addOnly };
    const facts = factsOn(school, dayOf(stamp.at));
    const created = before === undefined;
    const units = [...facts.classes, ...facts.groups];
    await keepUnclear(tx, school.id, facts, reading.unclear);
    const stated = new Set([...facts.classes, ...facts.groups].map(({ id }) => id));
    unclearUnitIds.push(...units.flatMap(({ id }) => (stated.has(id) ? [] : id)));
    if (addOnly && !created) {
      facts.enrollments = await addedToStored(tx, school.id, facts.enrollments, dayOf(stamp.at), dayOf);
    }
    const written = await (created
      ? firstFacts(tx, facts, to, progress)
      : mergeSchool(tx, facts, to, reading, progress));
    if (!created) await groupsChanged(tx, { schoolId: school.id, at: stamp.at });
    const revived = created ? [] : await reviveCancelled(tx, school.id, { leftOutAt: stamp.at });
    const overruling =
      before !== undefined && (await overrulesOrders(tx, school.id, before, { at: stamp.at, dayOf }));
    schools.push({
      id: school.id,
      created,
      changed: written > 0 || renamed || revived.length > 0 || overruling,
    });
    candidates.push(...linkCandidates(school.id, facts.people));
  }
  const { refused, relinked } = await linkByRoster(tx, ids, candidates, stamp, moment);
  const changed = new Set(relinked.map(({ schoolId }) => schoolId));
  for (const school of schools) school.changed ||= changed.has(school.id);
  return {
    schools,
    counts: reading.counts,
    unclearUnitIds,
    refusedLinks: refused.map(({ line }) => takenProfile(line)),
    relinked,
  };
}

/**
 * Gives the schools of which a later roster than `takenAt` (ISO 8601) was merged whole, with when it was taken. An
 * older roster changes nothing there.
 */
export async function outdatedSchools(
  tx: Sql,
  ids: readonly string[],
  takenAt: string,
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; at: string }>`
    select id, roster_taken_at as at from school
    where id = any(${ids}) and roster_taken_at > ${takenAt}::timestamptz`.execute(tx);
  return new Map(rows.map(({ id, at }) => [id, instant(at)]));
}

interface KnownSchool {
  timeZone: string | null;
  /** When the newest whole roster was taken; ISO 8601. */
  takenAt: string | null;
}

async function knownSchools(tx: Sql, ids: readonly string[]): Promise<Map<string, KnownSchool>> {
  const { rows } = await sql<KnownSchool & { id: string }>`
    select id, time_zone as "timeZone", roster_taken_at as "takenAt" from school where id = any(${ids})`.execute(
    tx,
  );
  return new Map(rows.map(({ id, ...school }) => [id, school]));
}

/**
 * Whether this roster can be the first to outweigh an order, or an order's cancellation. Pupils then move although
 * the roster says the same as the one before (src/desired/orders.ts, rules 4 and 6).
 */
async function overrulesOrders(
  tx: Sql,
  schoolId: string,
  before: KnownSchool,
  { at, dayOf }: { at: string; dayOf: (at: string) => string },
): Promise<boolean> {
  const since = before.takenAt ?? '-infinity';
  const dayBefore = before.takenAt === null ? '-infinity' : dayOf(before.takenAt);
  const { rows } = await sql`
    select 1 from roster_order where school_id = ${schoolId} and issued_at is not null
      and (cancelled_at >= ${since}::timestamptz or cancelled_at is null and effective_on <= ${dayOf(at)}::date
        and (issued_at >= ${since}::timestamptz or effective_on > ${dayBefore}::date))
    limit 1`.execute(tx);
  return rows.length > 0;
}

/**
 * States the facts of a school that was not known until now. It stores nothing that could be newer, or that the
 * statement could leave out.
 */
async function firstFacts(
  tx: Sql,
  facts: SchoolFacts,
  to: Statement,
  progress: (rows: number) => void,
): Promise<number> {
  return inChunks(facts, progress, (table, rows) => stateFirstFacts(tx, table, to, rows));
}

async function mergeSchool(
  tx: Sql,
  facts: SchoolFacts,
  to: Statement,
  { unclear }: MergedReading,
  progress: (rows: number) => void,
): Promise<number> {
  let changed = await inChunks(facts, progress, (table, rows) => stateFacts(tx, table, to, rows));
  if (to.addOnly) return changed;
  for (const table of FACT_TABLES) changed += await stateAbsence(tx, table, to, keptRows(table, unclear));
  return changed + (await endOrderedPlaces(tx, to.schoolId, to.stamp, keptRows(ENROLLMENT, unclear)));
}

/** Writes the rows of every table chunk by chunk. Gives the sum of what `write` returns. */
async function inChunks(
  facts: SchoolFacts,
  progress: (rows: number) => void,
  write: (table: FactTable, rows: readonly StatedRow[]) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const [table, rows] of rowsOf(facts)) {
    for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
      const chunk = rows.slice(at, at + CHUNK_ROWS);
      sum += await write(table, chunk);
      progress(chunk.length);
    }
  }
  return sum;
}

function rowsOf(facts: SchoolFacts): [FactTable, StatedRow[]][] {
  return [
    [
      PERSON,
      facts.people.map((person) => ({
        id: person.id,
        family_name: person.familyName,
        given_name: person.givenName,
        middle_name: person.middleName,
        name_key: nameKey(`${person.familyName} ${person.givenName} ${person.middleName}`),
        sex: person.sex,
        birth_date: person.birthDate,
        roles: person.roles,
        dated_roles: person.datedRoles,
      })),
    ],
    [
      CLASS,
      facts.classes.map((unit) => ({
        id: unit.id,
        title: unit.title,
        grade: unit.grade,
        homeroom_teacher_ids: unit.teacherIds,
        dated_teachers: unit.datedTeachers,
        starts_on: unit.beginsOn,
        ends_on: unit.endsOn,
      })),
    ],
    [
      SUBJECT_GROUP,
      facts.groups.map((group) => ({
        id: group.id,
        title: group.title,
        subject: group.subject,
        class_id: group.classId,
        teacher_ids: group.teacherIds,
        dated_teachers: group.datedTeachers,
        starts_on: group.beginsOn,
        ends_on: group.endsOn,
      })),
    ],
    [
      ENROLLMENT,
      facts.enrollments.map((enrollment) => ({
        unit: enrollment.unit,
        unit_id: enrollment.unitId,
        student_id: enrollment.studentId,
        begins_on: enrollment.beginsOn,
        ends_on: enrollment.endsOn,
        dated_spans: enrollment.datedSpans,
      })),
    ],
    [
      GUARDIAN,
      facts.guardians.map(({ guardianId, studentId }) => ({
        guardian_id: guardianId,
        student_id: studentId,
      })),
    ],
  ];
}

function rowProgress(reading: MergedReading, onProgress: OnProgress | undefined): (rows: number) => void {
  const { people, classes, subjectGroups } = reading.counts;
  const lists = reading.schools.flatMap((school) => [
    ...school.pupils.values(),
    ...school.guardians.values(),
  ]);
  const total = lists.reduce((sum, list) => sum + list.size, people + classes + subjectGroups);
  let done = 0;
  return (rows) => {
    done += rows;
    onProgress?.(done, total);
  };
}

const takenProfile = (line: number): RowFault => ({
  ...{ file: 'users.csv', line, field: 'userIds', valueKind: 'text', message: TAKEN },
});
