/**
 * Takes a roster import from the file to the facts, in three stages:
 *
 *   read     The whole file is read in memory. A file that cannot be read or holds no school changes nothing.
 *   staged   One transaction writes what the file says of each school into our rows and deletes the file. The operation
 *            of a file about one school becomes that school's operation. For several schools each one gets an operation
 *            of its own under this one, which follows them (import-parents.ts).
 *   applied  Each school is judged (judge-roster.ts) and applied (apply-roster.ts) in a transaction of its own, so that
 *            after a crash only the rest is left to do.
 *
 * A list of one school that says what its newest one said is applied right after its reading (import-same.ts).
 */
import { starterOf } from '../author.ts';
import type { Context } from '../context.ts';
import type { RosterReading, SchoolReading } from '../roster/reading.ts';
import { stageSchool } from '../roster/staged.ts';
import { endOperation, openOperation } from '../rows/operation.ts';
import { becomeParent, becomeSchools, showTo } from '../rows/operation-import.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import { isOfSchool, type OperationOf } from '../store/operation-params.ts';
import { applyRoster } from './apply-roster.ts';
import { importSame } from './import-same.ts';
import { noteReading, readSent, statedSchools } from './roster-file.ts';

/** Carries an import as far as it can go now. It is safe to repeat after a crash. */
export async function runRosterImport(ctx: Context, operation: OperationOf<'roster-import'>): Promise<void> {
  const { params } = operation;
  if (params.schools) return;
  if (isOfSchool(operation) && params.staged) return applyRoster(ctx, operation);
  const read = await readSent(ctx, operation);
  if ('problem' in read) return fail(ctx, operation, read.problem);
  if (await importSame(ctx, operation, read.reading)) return;
  const schoolIds = await stage(ctx, operation, read.reading);
  for (const schoolId of schoolIds) ctx.wake('operations', { schoolId });
  ctx.wake('files');
}

/** Stages the file, unless another worker has meanwhile, and gives the schools that are staged here. */
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
      await stageSchool(tx, operation.id, reading, only);
    } else {
      if (!(await becomeParent(tx, operation.id))) return [];
      await openSchools(ctx, tx, operation, reading, schools);
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
    await stageSchool(tx, id, reading, school);
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
    await tx.deleteFrom('roster_file').where('operation_id', '=', operation.id).execute();
  });
  ctx.wake('files');
}
