/**
 * Says what an import of a file would say, and changes nothing. It makes the import of each school in a transaction
 * that is rolled back, and holds each school as long as an import does.
 */
import { starterOf } from '../author.ts';
import type { Context } from '../context.ts';
import { describeHeld } from '../planning/describe-held.ts';
import type { RosterReading, SchoolReading } from '../roster/reading.ts';
import { keepFaults } from '../roster/row-faults.ts';
import { partAbout, stageSchool } from '../roster/staged.ts';
import { endOperation, openOperation } from '../rows/operation.ts';
import { noteFileRead } from '../rows/operation-import.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { OperationOf } from '../store/operation-params.ts';
import { readOperationRow } from '../store/operation-row.ts';
import { applyStaged } from './apply-roster.ts';
import { rehearse } from './rehearse.ts';
import { dropFile, readingResult, readSent, statedSchools } from './roster-file.ts';

/** What the import of one school would come to. */
interface Rehearsed {
  schoolId: string;
  state: 'succeeded' | 'held';
  problems: readonly Problem[];
  result: Record<string, unknown>;
}

/**
 * Carries a validation out. Its operation succeeds whatever the file says. The result is that of an import, with
 * `wouldFail` for a file that is refused as a whole, and `wouldHold` where a person would have to decide (J2, F4).
 */
export async function runValidation(
  ctx: Context,
  operation: OperationOf<'roster-validation'>,
): Promise<void> {
  const read = await readSent(ctx, operation);
  const result =
    'problem' in read
      ? { wouldFail: true, wouldHold: false, problems: [read.problem] }
      : { wouldFail: false, ...(await rehearseAll(ctx, operation, read.reading)) };
  await ctx.db.transactionAcross('import', async ({ sql: tx }) => {
    await endOperation(tx, operation.id, { at: new Date(ctx.clock.now()), state: 'succeeded', result });
    await dropFile(tx, operation.id);
  });
  ctx.wake('files');
}

async function rehearseAll(
  ctx: Context,
  operation: OperationOf<'roster-validation'>,
  reading: RosterReading,
) {
  const schools = await statedSchools(ctx.db.across('import'), reading);
  const each: Rehearsed[] = [];
  for (const school of schools) each.push(await rehearseSchool(ctx, operation, reading, school));
  const [only] = each;
  return {
    ...readingResult(reading, schools.length),
    ...(only && each.length === 1 ? only.result : {}),
    wouldHold: each.some(({ state }) => state === 'held'),
    operations: each.map(({ schoolId, state }) => ({ schoolId, state })),
    problems: each.flatMap(({ schoolId, problems }) => problems.map((problem) => ({ schoolId, ...problem }))),
  };
}

async function rehearseSchool(
  ctx: Context,
  { params: { within, takenAt, file }, ...operation }: OperationOf<'roster-validation'>,
  reading: RosterReading,
  school: SchoolReading,
): Promise<Rehearsed> {
  const id = ctx.newId();
  const by = starterOf(operation);
  return rehearse(ctx, school.id, async (tx) => {
    await openOperation(tx, {
      ...{ id, schoolId: school.id, kind: 'roster-import', by, at: operation.createdAt },
      params: { within, takenAt, file, staged: true },
    });
    await stageSchool(tx, id, partAbout(reading, school));
    await keepFaults(tx, id, 'lost', reading.rows.lostFields);
    await noteFileRead(tx, id, readingResult(reading, 1));
    return applied(ctx, tx, school.id, id);
  });
}

async function applied(ctx: Context, tx: Sql, schoolId: string, id: string): Promise<Rehearsed> {
  const own = await importIn(tx, schoolId, id);
  const { followed } = await applyStaged(ctx, tx, own, schoolId);
  const { params, problems, result } = await importIn(tx, schoolId, id);
  const held = followed?.plan.plan.counts.held ?? 0;
  const state = params.incomplete || held > 0 ? 'held' : 'succeeded';
  const why = held > 0 ? [...problems, await describeHeld(tx, schoolId, id)] : problems;
  return { schoolId, state, problems: why, result: { ...result, ...(held > 0 ? { held } : {}) } };
}

async function importIn(tx: Sql, schoolId: string, id: string): Promise<OperationOf<'roster-import'>> {
  const operation = await readOperationRow(tx, schoolId, id);
  if (operation?.kind !== 'roster-import') throw new Error('the rehearsed import is gone');
  return operation;
}
