import { sql } from 'kysely';
import type { Stamp } from '../desired/model.ts';
import { stampOf } from '../facts/stamp.ts';
import { type LinkCandidate, linkByRoster, linkCandidates, TAKEN } from '../profile/profile-links.ts';
import type { Relinked } from '../profile/settle-profiles.ts';
import { groupsChanged } from '../rows/meeting.ts';
import { nameByRoster, noteWholeRoster } from '../rows/school.ts';
import { instant, type Sql } from '../store/database.ts';
import { timeIn } from '../store/school-day.ts';
import { endOrderedPlaces } from './end-ordered-places.ts';
import { ENROLLMENT, FACT_TABLES } from './fact-tables.ts';
import { factsOn } from './facts-on.ts';
import { keepUnclear, keptRows } from './keep-unclear.ts';
import { placesListedSince, restateListedSince } from './late-lists.ts';
import type { RowFault } from './one-roster/row-report.ts';
import { addedToStored } from './only-adding.ts';
import type { OnProgress } from './read-roster.ts';
import type { RosterCounts, RosterReading, SchoolReading } from './reading.ts';
import { reviveCancelled } from './revive.ts';
import { digestOfList, ListDiffers, newestList, stateOnceMore } from './same-list.ts';
import { type Statement, stateAbsence, stateFacts, stateFirstFacts } from './state-facts.ts';
import { rowsOf, type StatedRows, writeInChunks } from './stated-rows.ts';
import { noteWholeList } from './whole-lists.ts';

interface MergeOptions {
  /** When СГО wrote the roster; ISO 8601. */
  takenAt: string;
  /** `importedBy(…)`. It decides between two statements of the same instant. */
  by: string;
  /** The zone of schools that have none of their own. */
  timeZone: string;
  /** Schools whose statement looks incomplete (J2), so that it adds and takes nobody out. */
  addOnly?: ReadonlySet<string>;
  /** Throws ListDiffers where a school's newest whole list said anything else, or somebody has said more since. */
  onlySame?: boolean;
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

/** A roster that is being merged, with what is the same for all its schools. */
interface Merge {
  tx: Sql;
  reading: MergedReading;
  stamp: Stamp;
  moment: { timeZone: string; nowMs: number };
  addOnly: ReadonlySet<string>;
  onlySame: boolean;
  progress: (rows: number) => void;
}

interface MergedSchool {
  school: MergeResult['schools'][number];
  unclearUnitIds: string[];
  candidates: LinkCandidate[];
}

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
  const merge: Merge = {
    ...{
      tx,
      reading,
      stamp,
      moment,
      addOnly: options.addOnly ?? new Set(),
      onlySame: options.onlySame ?? false,
    },
    progress: rowProgress(reading, options.onProgress),
  };
  const merged: MergedSchool[] = [];
  for (const school of reading.schools) {
    const before = known.get(school.id);
    if (before === undefined && school.gone) continue;
    merged.push(outdated.has(school.id) ? untouched(school.id) : await mergeSchool(merge, school, before));
  }
  const candidates = merged.flatMap((one) => one.candidates);
  const { refused, relinked } = await linkByRoster(tx, ids, candidates, stamp, moment);
  const changed = new Set(relinked.map(({ schoolId }) => schoolId));
  const schools = merged.map(({ school }) => ({
    ...school,
    changed: school.changed || changed.has(school.id),
  }));
  return {
    schools,
    counts: reading.counts,
    unclearUnitIds: merged.flatMap((one) => one.unclearUnitIds),
    refusedLinks: refused.map(({ line }) => takenProfile(line)),
    relinked,
  };
}

const untouched = (id: string): MergedSchool => ({
  ...{ school: { id, created: false, changed: false }, unclearUnitIds: [], candidates: [] },
});

/** Merges the part of one school. `before`: the school as it was known, if it was. */
async function mergeSchool(
  merge: Merge,
  school: SchoolReading,
  before: KnownSchool | undefined,
): Promise<MergedSchool> {
  const { tx, reading, stamp, moment } = merge;
  const { id } = school;
  const created = before === undefined;
  const to = { schoolId: id, stamp, addOnly: merge.addOnly.has(id) };
  const isRenamed = await nameByRoster(tx, school);
  const { dayOf } = timeIn(before?.timeZone, moment);
  const facts = factsOn(school, dayOf(stamp.at));
  const units = [...facts.classes, ...facts.groups];
  await keepUnclear(tx, id, facts, reading.unclear);
  const taken = new Set([...facts.classes, ...facts.groups].map((unit) => unit.id));
  if (to.addOnly && !created) {
    facts.enrollments = await addedToStored(tx, id, facts.enrollments, dayOf(stamp.at), dayOf);
  }
  if (!to.addOnly) await noteWholeList(tx, id, stamp);
  const rows = rowsOf(facts);
  const digest = to.addOnly ? null : digestOfList(school, rows, reading.unclear);
  const isChanged = created
    ? await stateFirst(merge, rows, to)
    : await stateAgain(merge, { rows, digest }, to, { before, dayOf });
  if (!to.addOnly) await noteWholeRoster(tx, id, stamp, digest);
  return {
    school: { id, created, changed: isChanged || isRenamed },
    unclearUnitIds: units.flatMap((unit) => (taken.has(unit.id) ? [] : unit.id)),
    candidates: linkCandidates(id, facts.people),
  };
}

/**
 * States the facts of a school that was not known until now. It stores nothing that could be newer, or that the
 * statement could leave out. True where anything was stored.
 */
async function stateFirst({ tx, progress }: Merge, rows: StatedRows, to: Statement): Promise<boolean> {
  return (await writeInChunks(rows, progress, (table, rows) => stateFirstFacts(tx, table, to, rows))) > 0;
}

/** States the facts of a school that is known. True where facts that decide membership or names differ from before. */
async function stateAgain(
  { tx, reading, progress, onlySame }: Merge,
  { rows, digest }: { rows: StatedRows; digest: string | null },
  to: Statement,
  { before, dayOf }: { before: KnownSchool; dayOf: (at: string) => string },
): Promise<boolean> {
  const { schoolId, stamp, addOnly } = to;
  const { at } = stamp;
  const newest = await newestList(tx, schoolId);
  const listedSince = await placesListedSince(tx, schoolId, stamp);
  const isSame =
    newest !== null &&
    newest.digest === digest &&
    (await stateOnceMore(tx, schoolId, rows, { newest: newest.stamp, stamp }));
  if (onlySame && !isSame) throw new ListDiffers();
  let changed = isSame
    ? 0
    : await writeInChunks(rows, progress, (table, chunk) => stateFacts(tx, table, to, chunk));
  if (!addOnly) changed += await stateLeftOut(tx, to, reading);
  changed += await restateListedSince(tx, schoolId, listedSince, {
    ...{ stamp, addOnly, kept: keptRows(ENROLLMENT, reading.unclear) },
    rows: rows.flatMap(([table, all]) => (table === ENROLLMENT ? all : [])),
  });
  await groupsChanged(tx, { schoolId, at });
  const revived = await reviveCancelled(tx, schoolId, { leftOutAt: at });
  const overrules = await overrulesOrders(tx, schoolId, before, { at, dayOf });
  return changed > 0 || revived.length > 0 || overrules;
}

/** States that what a whole statement leaves out is gone. Gives the number of facts that this changes. */
async function stateLeftOut(tx: Sql, to: Statement, { unclear }: MergedReading): Promise<number> {
  let changed = 0;
  for (const table of FACT_TABLES) changed += await stateAbsence(tx, table, to, keptRows(table, unclear));
  return changed + (await endOrderedPlaces(tx, to.schoolId, to.stamp, keptRows(ENROLLMENT, unclear)));
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
