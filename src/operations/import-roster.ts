/**
 * Takes a roster import from the file to the facts, in three stages:
 *
 *   read     The whole file is read in memory. A file that cannot be read or holds no school changes nothing.
 *   staged   The operation of a file about one school becomes that school's operation. For several schools one
 *            transaction writes what the file says of each into our rows and deletes the file, and each school gets an
 *            operation of its own under this one, which follows them (import-parents.ts).
 *   applied  Each school is judged (judge-roster.ts) and applied (apply-roster.ts) in a transaction of its own, so that
 *            after a crash only the rest is left to do.
 *
 * A file about one school is kept until it is applied, and what it says is applied from memory. After a crash, or where
 * an earlier import of the school is still at work, the file is read once more. A list that says what its newest one
 * said is applied right after its reading (import-same.ts).
 */
import { starterOf } from '../author.ts';
import type { Context } from '../context.ts';
import type { RosterReading, SchoolReading } from '../roster/reading.ts';
import { partAbout, stageSchool } from '../roster/staged.ts';
import { endOperation, openOperation } from '../rows/operation.ts';
import { becomeParent, becomeSchools, showTo } from '../rows/operation-import.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import { isOfSchool, type OperationOf, type SchoolsOperation } from '../store/operation-params.ts';
import { findOperationRow } from '../store/operation-row.ts';
import { sure } from '../sure.ts';
import { applyRoster } from './apply-roster.ts';
import { importSame } from './import-same.ts';
import { isItsTurn } from './is-its-turn.ts';
import { dropFile, hasFile, noteReading, readSent, statedSchools } from './roster-file.ts';

/** Carries an import as far as it can go now. It is safe to repeat after a crash. */
export async function runRosterImport(ctx: Context, operation: OperationOf<'roster-import'>): Promise<void> {
  const { id, params } = operation;
  if (params.schools) return;
  const own = isOfSchool(operation) && params.staged ? operation : null;
  if (own && !(await hasFile(ctx, id))) return applyRoster(ctx, own);
  const read = await readSent(ctx, operation);
  if ('problem' in read) return fail(ctx, operation, read.problem);
  if (own) return applySent(ctx, own, read.reading);
  if (await importSame(ctx, operation, read.reading)) return;
  const schoolIds = await stage(ctx, operation, read.reading);
  ctx.wake('files');
  const [only, ...others] = schoolIds;
  if (only !== undefined && others.length === 0) return goOn(ctx, only, operation, read.reading);
  for (const schoolId of schoolIds) ctx.wake('operations', { schoolId });
}

/** Applies the file of one school at once, unless an earlier import of the school is still at work. */
async function goOn(
  ctx: Context,
  schoolId: string,
  { id }: OperationOf<'roster-import'>,
  reading: RosterReading,
): Promise<void> {
  const own = await findOperationRow(ctx, schoolId, id);
  if (own?.kind !== 'roster-import' || !isOfSchool(own) || own.params.following) return;
  if (await isItsTurn(ctx, own)) await applySent(ctx, own, reading);
}

async function applySent(
  ctx: Context,
  operation: SchoolsOperation<'roster-import'>,
  reading: RosterReading,
): Promise<void> {
  const school = reading.schools.find(({ id }) => id === operation.schoolId);
  await applyRoster(ctx, operation, partAbout(reading, sure(school)));
}

/**
 * Makes the operation its school's own, or stages a file about several schools, unless another worker has meanwhile.
 * Gives the schools of which that was done here.
 */
async function stage(
  ctx: Context,
  operation: OperationOf<'roster-import'>,
  reading: RosterReading,
): Promise<string[]> {
  return ctx.db.transactionAcross('import', async ({ sql: tx }) => {
    const schools = await statedSchools(tx, reading);
    const [only, ...others] = schools;
    if (only && others.length === 0) {
      if (!(await becomeSchools(tx, operation.id, only.id))) return [];
    } else {
      if (!(await becomeParent(tx, operation.id))) return [];
      await openSchools(ctx, tx, operation, reading, schools);
      await dropFile(tx, operation.id);
    }
    await noteReading(tx, operation.id, reading, schools.length);
    return schools.map(({ id }) => id);
  });
}

async function openSchools(
  ctx: Context,
  tx: Sql,
  operation: OperationOf<'roster-import'>,
  reading: RosterReading,
  schools: readonly SchoolReading[],
): Promise<void> {
  const { within, takenAt, file, accepted } = operation.params;
  for (const school of schools) {
    const id = ctx.newId();
    await openOperation(tx, {
      ...{ id, schoolId: school.id, kind: 'roster-import', parentId: operation.id },
      params: { within, takenAt, file, staged: true, ...(accepted ? { accepted } : {}) },
      by: starterOf(operation),
      // The time of the file, not of this operation, keeps the imports of one school in the order of their files.
      at: operation.createdAt,
    });
    await stageSchool(tx, id, partAbout(reading, school));
  }
}

/** Ends the import as failed. A known school that the sender is bound to sees it too. */
async function fail(ctx: Context, operation: OperationOf<'roster-import'>, problem: Problem): Promise<void> {
  const { within } = operation.params;
  await ctx.db.transactionAcross('import', async ({ sql: tx }) => {
    await endOperation(tx, operation.id, {
      at: new Date(ctx.clock.now()),
      state: 'failed',
      problems: [problem],
    });
    await showTo(tx, operation.id, within);
    await dropFile(tx, operation.id);
  });
  ctx.wake('files');
}
