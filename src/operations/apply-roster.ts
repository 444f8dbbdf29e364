/** Applies a judged list (judge-roster.ts): facts, chats, what the operation says of it, and what waits. */
import { starterOf } from '../author.ts';
import type { Context } from '../context.ts';
import { importedBy } from '../facts/stamp.ts';
import { type Followed, followFacts } from '../follow/follow-facts.ts';
import { holdBack } from '../matching/hold-back.ts';
import { sumOf } from '../plan/counts.ts';
import type { PlanCounts } from '../plan/model.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { followRelinked, wakeRelinked } from '../profile/follow-profiles.ts';
import type { Relinked } from '../profile/settle-profiles.ts';
import { type MergedReading, type MergeResult, mergeRoster } from '../roster/merge-roster.ts';
import { keepFaults, loadFaults, SHOWN_FAULTS } from '../roster/row-faults.ts';
import { dropStaged, type StagedReading, stageSchool } from '../roster/staged.ts';
import { endOvertaken, noteApplied } from '../rows/operation-import.ts';
import { proposePeople } from '../rows/person-match.ts';
import type { Sql } from '../store/database.ts';
import type { OperationOf, SchoolsOperation } from '../store/operation-params.ts';
import { momentOf } from '../store/school-day.ts';
import { type JudgedRoster, judgeRoster } from './judge-roster.ts';
import { reportProgress } from './progress.ts';
import { dropFile } from './roster-file.ts';
import { problemsOf } from './roster-problems.ts';

/**
 * Makes what a roster says of one school its facts: `sent`, or what is staged. The lists and the outbox change in the
 * same transaction. Chat types that are switched on (D0) follow, through the guard.
 *
 * Where the school's part looks incomplete, facts are only added (J2). The operation is then held, and the staged rows
 * are kept, or written now, until a person decides. Where a later roster was applied before, nothing changes and nobody
 * is asked. The operation says so by a problem.
 */
export async function applyRoster(
  ctx: Context,
  operation: SchoolsOperation<'roster-import'>,
  sent: StagedReading | null = null,
): Promise<void> {
  const { schoolId } = operation;
  const { elsewhere } = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    if (sent) await dropFile(tx, operation.id);
    return applyStaged(ctx, tx, operation, schoolId, sent);
  });
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
  sent: StagedReading | null = null,
): Promise<{ followed: Followed | null; elsewhere: readonly Relinked[] }> {
  const judged = await judgeRoster(ctx, tx, operation, { schoolId, sent });
  if (sent && waitsForPerson(judged)) await stageSchool(tx, operation.id, sent);
  return applyReading(ctx, tx, operation, { schoolId, ...judged });
}

interface ReadingToApply extends JudgedRoster {
  schoolId: string;
  /** Nothing may change by it (import-same.ts). */
  onlySame?: boolean;
}

/** Applies what a roster says of one school, once it is judged. Gives the same as `applyStaged`. */
export async function applyReading(
  ctx: Context,
  tx: Sql,
  operation: OperationOf<'roster-import'>,
  { schoolId, onlySame = false, ...judged }: ReadingToApply,
): Promise<{ followed: Followed | null; elsewhere: readonly Relinked[] }> {
  const { params } = operation;
  const own = { schoolId, id: operation.id };
  const { reading, newer, incomplete, matches } = judged;
  const waits = waitsForPerson(judged);
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
  if (!newer && !incomplete) await endOlder(ctx, tx, operation, schoolId, waits ? ASKS_ITSELF : OVERTAKEN);
  if (!newer && incomplete?.renumbered) await endOlder(ctx, tx, operation, schoolId, ASKED_ANEW);
  return { followed, elsewhere };
}

/** Whether a person must say something about the list. What is staged of it is kept until then. */
function waitsForPerson({ incomplete, matches }: JudgedRoster): boolean {
  return incomplete !== undefined || matches.length > 0;
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

/** A list of people under other ids is held whole: added beside the old ones, everybody would be there twice (K4). */
function sayingNothing(reading: MergedReading): MergedReading {
  const nothing = {
    ...{ people: new Map(), units: new Map() },
    ...{ pupils: new Map(), teachers: new Map(), guardians: new Map() },
  };
  return { ...reading, schools: reading.schools.map((school) => ({ ...school, ...nothing })) };
}

const OVERTAKEN = 'Пришла полная выгрузка не старше этой: решать больше нечего';
const ASKS_ITSELF = 'Пришла полная выгрузка не старше этой: о людях под новыми номерами спрашивает она';
const ASKED_ANEW = 'Пришла выгрузка не старше этой с тем же вопросом о людях под новыми номерами';
