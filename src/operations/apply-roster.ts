import { type Author, starterOf } from '../author.ts';
import type { Context } from '../context.ts';
import { importedBy, stampOf } from '../facts/stamp.ts';
import { followFacts } from '../follow/follow-facts.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { followRelinked } from '../profile/follow-profiles.ts';
import { statementsOfErased } from '../roster/erased.ts';
import { describeIncomplete, type IncompleteSchool, looksIncomplete } from '../roster/looks-incomplete.ts';
import { mergeRoster, outdatedSchools } from '../roster/merge-roster.ts';
import { sizeOf, storedSize } from '../roster/roster-size.ts';
import { keepFaults, loadFaults, SHOWN_FAULTS } from '../roster/row-faults.ts';
import { dropStaged, loadStaged, type StagedReading } from '../roster/staged.ts';
import { readingWithoutErased } from '../roster/without-erased.ts';
import { endOvertaken, noteApplied } from '../rows/operation-import.ts';
import type { Sql } from '../store/database.ts';
import type { Operation, Problem } from '../store/entities.ts';
import { momentOf, timeOf } from '../store/school-day.ts';
import { reportProgress } from './progress.ts';

export interface RosterImportParams {
  /** The one school that the sender may touch, or `*`. */
  within: string;
  /** When СГО wrote it; ISO 8601. */
  takenAt: string;
  /** What is left of the file itself. */
  file: { bytes: number; sha256: string };
  /** Read: what it says of the operation's school is staged. */
  staged?: true;
  /** Read, with several schools: each has its own operation under this one. */
  schools?: true;
  /** A person has said that the file is whole although it does not look so (J2). */
  accepted?: true;
  following?: true;
}

/**
 * What is staged of one school becomes its facts; СГО lists and outbox change in the same transaction. Chat types that
 * are switched on (D0) follow by themselves, through the guard. A school of which the file looks incomplete only gains
 * (J2): the operation is then held, and what is staged kept, until somebody decides. Of a school of which a later roster
 * is in already nothing changes, and nothing is asked; the operation says so.
 */
export async function applyRoster(ctx: Context, operation: Operation): Promise<void> {
  const schoolId = operation.schoolId!;
  await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await apply(ctx, tx, operation, schoolId);
  });
  await ctx.newSchools([schoolId]);
  ctx.wake('chats');
  await finishOperations(ctx, schoolId, [operation.id]);
}

async function apply(ctx: Context, tx: Sql, operation: Operation, schoolId: string): Promise<void> {
  const params = operation.params as unknown as RosterImportParams & { acceptedBy?: Author };
  const staged = await loadStaged(tx, schoolId, operation.id);
  if (!staged) throw new Error('what this import says is gone');
  const isErased = await statementsOfErased(ctx, tx, schoolId, params.takenAt);
  const reading = isErased ? readingWithoutErased(staged, (id) => isErased(id, params.takenAt)) : staged;
  const newer = (await outdatedSchools(tx, [schoolId], stampOf(params.takenAt, '').at)).get(schoolId);
  const incomplete = params.accepted || newer ? undefined : await judge(ctx, tx, schoolId, reading);
  const cause = `import:${operation.id}`;
  const merged = await mergeRoster(tx, reading, {
    takenAt: params.takenAt,
    by: importedBy(operation.createdAt, operation.id),
    ...momentOf(ctx),
    addOnly: new Set(incomplete ? [schoolId] : []),
    onProgress: reportProgress(ctx, schoolId, operation.id),
  });
  const at = new Date(ctx.clock.now());
  const elsewhere = merged.relinked.filter((one) => one.schoolId !== schoolId);
  await followRelinked(tx, elsewhere, { cause, priority: 'bulk', at });
  if (merged.schools.some(({ changed }) => changed)) {
    const author = params.acceptedBy ?? starterOf(operation);
    await followFacts(ctx, tx, schoolId, {
      ...{ cause, author, priority: 'bulk', operationId: operation.id, at },
    });
  }
  const problems: Problem[] = [
    ...(incomplete
      ? [{ code: 'roster-incomplete', message: describeIncomplete(incomplete), ...incomplete }]
      : []),
    ...(merged.unclearUnitIds.length > 0 ? [unclearUnits(merged.unclearUnitIds)] : []),
    ...(newer ? [{ code: 'roster-outdated', message: OUTDATED, schoolId, newerTakenAt: newer }] : []),
  ];
  await keepFaults(tx, operation.id, 'links', merged.refusedLinks);
  const { items: lostFields, total: lostFieldsTotal } = await loadFaults(
    tx,
    operation.id,
    ['lost', 'links'],
    {
      ...{ offset: 0, limit: SHOWN_FAULTS },
    },
  );
  const result = {
    rejected: [],
    rejectedTotal: 0,
    ...operation.result,
    ...merged.counts,
    lostFields,
    lostFieldsTotal,
  };
  const applied = { result, problems, incomplete: incomplete !== undefined };
  await noteApplied(tx, { schoolId, id: operation.id }, applied);
  if (incomplete) return;
  await dropStaged(tx, schoolId, operation.id);
  if (newer) return;
  const { id: by } = operation;
  const { takenAt } = params;
  const problem = { code: 'roster-overtaken', message: OVERTAKEN, schoolId, operationId: by };
  const overtaken = { by, takenAt, problem, at: new Date(ctx.clock.now()) };
  for (const id of await endOvertaken(tx, schoolId, overtaken)) await dropStaged(tx, schoolId, id);
}

/** Whether the school's part of the file looks cut (J2, D11), by the school's own day. */
async function judge(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  { schools, unclear }: StagedReading,
): Promise<IncompleteSchool | undefined> {
  const { today: day } = await timeOf(tx, schoolId, momentOf(ctx));
  const before = await storedSize(tx, schoolId, day);
  if (before === null) return undefined;
  const after = sizeOf(schools[0]!, unclear, day);
  return looksIncomplete(new Map([[schoolId, before]]), new Map([[schoolId, after]]), day)[0];
}

/** Ids that a problem names; the others are counted. */
const NAMED_UNITS = 100;

function unclearUnits(ids: readonly string[]): Problem {
  return {
    code: 'unit-days-unclear',
    message: `Новых классов и групп с неясным сроком: ${ids.length}. Чатов у них не будет, пока срок не станет ясен`,
    unitIds: ids.slice(0, NAMED_UNITS),
  };
}

const OVERTAKEN = 'Пришла полная выгрузка не старше этой: решать больше нечего';
const OUTDATED = 'Выгрузка старше той, что уже принята: по этой школе ничего не изменено';
