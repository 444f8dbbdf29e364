import { starterOf } from '../author.ts';
import type { Context } from '../context.ts';
import { importedBy, stampOf } from '../facts/stamp.ts';
import { type Followed, followFacts } from '../follow/follow-facts.ts';
import { holdBack } from '../matching/hold-back.ts';
import type { PersonMatch } from '../matching/match-people.ts';
import { matchesInList } from '../matching/people-in-list.ts';
import { sumOf } from '../plan/counts.ts';
import type { PlanCounts } from '../plan/model.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { followRelinked, wakeRelinked } from '../profile/follow-profiles.ts';
import type { Relinked } from '../profile/settle-profiles.ts';
import { readingUnderCurrentIds } from '../roster/current-ids.ts';
import { statementsOfErased } from '../roster/erased.ts';
import {
  describeIncomplete,
  type IncompleteSchool,
  looksIncomplete,
  withRenumbered,
} from '../roster/looks-incomplete.ts';
import {
  type MergedReading,
  type MergeResult,
  mergeRoster,
  outdatedSchools,
} from '../roster/merge-roster.ts';
import { sizeOf, storedSize } from '../roster/roster-size.ts';
import { keepFaults, loadFaults, SHOWN_FAULTS } from '../roster/row-faults.ts';
import { dropStaged, loadStaged, type StagedReading } from '../roster/staged.ts';
import { readingWithoutErased } from '../roster/without-erased.ts';
import { endOvertaken, noteApplied } from '../rows/operation-import.ts';
import { proposePeople } from '../rows/person-match.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { OperationOf, SchoolsOperation } from '../store/operation-params.ts';
import { momentOf, timeOf } from '../store/school-day.ts';
import { sure } from '../sure.ts';
import { reportProgress } from './progress.ts';

/**
 * Makes the staged roster of one school its facts. The lists and the outbox change in the same transaction. Chat types
 * that are switched on (D0) follow, through the guard.
 *
 * Where the school's part looks incomplete, facts are only added (J2). The operation is then held and the staged rows
 * are kept until a person decides. Where a later roster was applied before, nothing changes and nobody is asked. The
 * operation says so by a problem.
 */
export async function applyRoster(ctx: Context, operation: SchoolsOperation<'roster-import'>): Promise<void> {
  const { schoolId } = operation;
  const { elsewhere } = await ctx.db.holdingSchool(schoolId, ({ sql: tx }) =>
    applyStaged(ctx, tx, operation, schoolId),
  );
  await ctx.newSchools([schoolId]);
  wakeRelinked(ctx, elsewhere);
  ctx.wake('chats', { schoolId });
  await finishOperations(ctx, schoolId, [operation.id]);
}

/**
 * The work of `applyRoster` within its transaction. Returns what followed in the chats, or null where nothing did, and
 * the people of other schools who have another VK ID now.
 */
export async function applyStaged(
  ctx: Context,
  tx: Sql,
  operation: OperationOf<'roster-import'>,
  schoolId: string,
): Promise<{ followed: Followed | null; elsewhere: readonly Relinked[] }> {
  const { params } = operation;
  const reading = await stagedOf(ctx, tx, operation, schoolId);
  const newer = await newerThan(tx, schoolId, params.takenAt);
  const matches = newer ? [] : await matchesInList(tx, schoolId, sure(reading.schools[0]));
  const incomplete =
    params.accepted || newer ? undefined : await judge(ctx, tx, schoolId, { reading, matches });
  return applyReading(ctx, tx, operation, { schoolId, reading, newer, incomplete, matches });
}

/** Gives when a later roster than `takenAt` (ISO 8601), which was merged whole, was taken; undefined where none was. */
export async function newerThan(tx: Sql, schoolId: string, takenAt: string): Promise<string | undefined> {
  return (await outdatedSchools(tx, [schoolId], stampOf(takenAt, '').at)).get(schoolId);
}

/** Applies what a roster says of one school, once it is judged. Gives the same as `applyStaged`. */
export async function applyReading(
  ctx: Context,
  tx: Sql,
  operation: OperationOf<'roster-import'>,
  {
    schoolId,
    reading,
    newer,
    incomplete,
    matches = [],
    onlySame = false,
  }: {
    schoolId: string;
    reading: MergedReading;
    newer?: string | undefined;
    incomplete?: IncompleteSchool | undefined;
    /** Pairs of people about whom a person is asked (K4). */
    matches?: readonly PersonMatch[];
    onlySame?: boolean;
  },
): Promise<{ followed: Followed | null; elsewhere: readonly Relinked[] }> {
  const { params } = operation;
  const own = { schoolId, id: operation.id };
  const waits = incomplete !== undefined || matches.length > 0;
  if (!newer) await proposePeople(tx, own, matches, new Date(ctx.clock.now()));
  const said = incomplete?.renumbered
    ? sayingNothing(reading)
    : await holdBack(tx, schoolId, reading, matches);
  const merged = await mergeRoster(tx, said, {
    takenAt: params.takenAt,
    by: importedBy(operation.createdAt, operation.id),
    ...momentOf(ctx),
    addOnly: new Set(incomplete ? [schoolId] : []),
    onlySame,
    onProgress: reportProgress(ctx, schoolId, operation.id),
  });
  const elsewhere = merged.relinked.filter((one) => one.schoolId !== schoolId);
  const followed = await followMerged(ctx, tx, operation, { schoolId, merged, elsewhere });
  await keepFaults(tx, operation.id, 'links', merged.refusedLinks);
  await noteApplied(tx, own, {
    result: await resultOf(tx, operation, merged),
    problems: problemsOf({
      ...{ schoolId, incomplete, matches, newer, unclearUnitIds: merged.unclearUnitIds },
      isAccepted: params.accepted === true,
    }),
    incomplete: waits,
    planned: plannedWith(params.planned, followed),
  });
  if (!waits) await dropStaged(tx, schoolId, operation.id);
  if (!newer && !incomplete) await endOlder(ctx, tx, operation, schoolId, OVERTAKEN);
  if (!newer && incomplete?.renumbered) await endOlder(ctx, tx, operation, schoolId, ASKED_ANEW);
  return { followed, elsewhere };
}

/** The staged roster as it is read now (`asOfNow`). */
async function stagedOf(
  ctx: Context,
  tx: Sql,
  { id, params: { takenAt } }: OperationOf<'roster-import'>,
  schoolId: string,
): Promise<StagedReading> {
  const staged = await loadStaged(tx, schoolId, id);
  if (!staged) throw new Error('what this import says is gone');
  return asOfNow(ctx, tx, { schoolId, takenAt }, staged);
}

/**
 * The reading under the ids that people have now (K4), and without what a roster of that time still says of people who
 * were erased.
 */
export async function asOfNow<Reading extends MergedReading>(
  ctx: Context,
  db: Sql,
  { schoolId, takenAt }: { schoolId: string; takenAt: string },
  reading: Reading,
): Promise<Reading> {
  const current = await readingUnderCurrentIds(db, schoolId, reading);
  const isErased = await statementsOfErased(ctx, db, schoolId, takenAt);
  return isErased ? readingWithoutErased(current, (personId) => isErased(personId, takenAt)) : current;
}

/** Lets the chats follow: those of relinked people of other schools, and this school's own where facts changed. */
async function followMerged(
  ctx: Context,
  tx: Sql,
  operation: OperationOf<'roster-import'>,
  { schoolId, merged, elsewhere }: { schoolId: string; merged: MergeResult; elsewhere: readonly Relinked[] },
): Promise<Followed | null> {
  const how = { cause: `import:${operation.id}`, priority: 'bulk', at: new Date(ctx.clock.now()) } as const;
  await followRelinked(tx, elsewhere, how);
  if (!merged.schools.some(({ changed }) => changed)) return null;
  const author = operation.params.acceptedBy ?? starterOf(operation);
  return followFacts(ctx, tx, schoolId, { ...how, author, operationId: operation.id });
}

/** An incomplete roster that was accepted is applied a second time, so its counts are added to those of the first. */
function plannedWith(before: PlanCounts | undefined, followed: Followed | null): PlanCounts | undefined {
  if (!followed) return before;
  const { counts } = followed.plan.plan;
  return before ? sumOf(before, counts) : counts;
}

/** What the import says of itself: counts, and the fields that its rows lost. */
async function resultOf(tx: Sql, operation: OperationOf<'roster-import'>, merged: MergeResult) {
  const shown = { offset: 0, limit: SHOWN_FAULTS };
  const lost = await loadFaults(tx, operation.id, ['lost', 'links'], shown);
  return {
    ...{ rejected: [], rejectedTotal: 0 },
    ...operation.result,
    ...merged.counts,
    ...{ lostFields: lost.items, lostFieldsTotal: lost.total },
  };
}

function problemsOf({
  schoolId,
  incomplete,
  matches,
  newer,
  unclearUnitIds,
  isAccepted,
}: {
  schoolId: string;
  isAccepted: boolean;
  incomplete: IncompleteSchool | undefined;
  matches: readonly PersonMatch[];
  newer: string | undefined;
  unclearUnitIds: readonly string[];
}): Problem[] {
  return [
    ...(incomplete
      ? [{ code: 'roster-incomplete', message: describeIncomplete(incomplete), ...incomplete }]
      : []),
    ...(matches.length > 0 && !incomplete?.renumbered
      ? [peopleToMatch(matches, { onlyAdds: incomplete !== undefined, isAccepted })]
      : []),
    ...(unclearUnitIds.length > 0 ? [unclearUnits(unclearUnitIds)] : []),
    ...(newer ? [{ code: 'roster-outdated', message: OUTDATED, schoolId, newerTakenAt: newer }] : []),
  ];
}

/**
 * Ends the imports of rosters that are no newer than this one: they wait for a decision that is needless now. A list
 * that is held whole because of its people (K4) leaves those to wait that look cut.
 */
async function endOlder(
  ctx: Context,
  tx: Sql,
  { id: by, params: { takenAt } }: OperationOf<'roster-import'>,
  schoolId: string,
  message: string,
): Promise<void> {
  const problem = { code: 'roster-overtaken', message, schoolId, operationId: by };
  const onlyPeople = message === ASKED_ANEW;
  const overtaken = { by, takenAt, problem, onlyPeople, at: new Date(ctx.clock.now()) };
  for (const id of await endOvertaken(tx, schoolId, overtaken)) await dropStaged(tx, schoolId, id);
}

/**
 * Says what makes the school's part of the file look incomplete on the school's own day (J2, D11), if anything does.
 */
async function judge(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  { reading: { schools, unclear }, matches }: { reading: StagedReading; matches: readonly PersonMatch[] },
): Promise<IncompleteSchool | undefined> {
  const { today: day } = await timeOf(tx, schoolId, momentOf(ctx));
  const before = await storedSize(tx, schoolId, day);
  if (before === null) return undefined;
  const after = sizeOf(sure(schools[0]), unclear, day);
  const [found] = looksIncomplete(new Map([[schoolId, before]]), new Map([[schoolId, after]]), day);
  const renumbered = peopleIn(matches);
  return withRenumbered(found, { schoolId, renumbered, users: before.counts.users });
}

const peopleIn = (matches: readonly PersonMatch[]) => new Set(matches.map(({ newId }) => newId)).size;

/** `accepted`: the list was taken as a whole, so that each of these people is all there is to decide. */
function peopleToMatch(
  matches: readonly PersonMatch[],
  { onlyAdds, isAccepted }: { onlyAdds: boolean; isAccepted: boolean },
): Problem {
  const people = peopleIn(matches);
  return {
    code: 'people-to-match',
    message: `Людей под новыми номерами: ${people}. Пока вы не решите, прежние ли это люди, никто из них не исключён и не добавлен${onlyAdds ? '' : '. Остальное в выгрузке уже применено'}`,
    people,
    ...(isAccepted ? { accepted: true } : {}),
  };
}

/** A list of people under other ids is held whole: added beside the old ones, everybody would be there twice (K4). */
function sayingNothing(reading: MergedReading): MergedReading {
  const nothing = {
    ...{ people: new Map(), units: new Map() },
    ...{ pupils: new Map(), teachers: new Map(), guardians: new Map() },
  };
  return { ...reading, schools: reading.schools.map((school) => ({ ...school, ...nothing })) };
}

/** A problem names at most so many ids and counts the others. */
const NAMED_UNITS = 100;

function unclearUnits(ids: readonly string[]): Problem {
  return {
    code: 'unit-days-unclear',
    message: `Новых классов и групп с неясным сроком: ${ids.length}. Чатов у них не будет, пока срок не станет ясен`,
    unitIds: ids.slice(0, NAMED_UNITS),
  };
}

const OVERTAKEN = 'Пришла полная выгрузка не старше этой: решать больше нечего';
const ASKED_ANEW = 'Пришла выгрузка не старше этой с тем же вопросом о людях под новыми номерами';
const OUTDATED = 'Выгрузка старше той, что уже принята: по этой школе ничего не изменено';
