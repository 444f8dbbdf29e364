/**
 * Takes a roster import from the file to the facts, in three stages:
 *
 *   read     The whole file is read in memory. A file that cannot be read or holds no school changes nothing.
 *   staged   One transaction writes what the file says of each school into our rows and deletes the file. The operation
 *            of a file about one school becomes that school's operation. For several schools each one gets an operation
 *            of its own under this one, which follows them (import-parents.ts).
 *   applied  Each school is applied in its own transaction (apply-roster.ts), so that after a crash only the rest is
 *            left to do.
 */
import { sql } from 'kysely';
import { starterOf } from '../author.ts';
import { DEFAULT_ROSTER_LIMITS } from '../config/roster-limits.ts';
import type { Context } from '../context.ts';
import { RosterFileError } from '../roster/file-error.ts';
import type { RowOutcome } from '../roster/one-roster/row-report.ts';
import { readRoster } from '../roster/read-roster.ts';
import type { RosterReading, SchoolReading } from '../roster/reading.ts';
import { keepFaults, SHOWN_FAULTS } from '../roster/row-faults.ts';
import { stageSchool } from '../roster/staged.ts';
import { endOperation, openOperation } from '../rows/operation.ts';
import { becomeParent, becomeSchools, noteRead, showTo } from '../rows/operation-import.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { OperationOf } from '../store/operation-params.ts';
import { applyRoster } from './apply-roster.ts';

/** Carries an import as far as it can go now. It is safe to repeat after a crash. */
export async function runRosterImport(ctx: Context, operation: OperationOf<'roster-import'>): Promise<void> {
  const { params } = operation;
  if (params.schools) return;
  if (params.staged) return applyRoster(ctx, operation);
  const body = await loadFile(ctx, operation.id);
  try {
    const reading = await readRoster(body, {
      ...DEFAULT_ROSTER_LIMITS,
      zipBytes: ctx.config.limits.rosterZipBytes,
      unpackedBytes: ctx.config.limits.rosterCsvBytes,
    });
    const refused = refusalOf(reading, params.within);
    if (refused) return fail(ctx, operation, refused);
    const schoolIds = await stage(ctx, operation, reading);
    for (const schoolId of schoolIds) ctx.wake('operations', { schoolId });
  } catch (error) {
    if (!(error instanceof RosterFileError)) throw error;
    const { code, message, file: name, line } = error;
    return fail(ctx, operation, {
      code,
      message,
      ...(name ? { file: name } : {}),
      ...(line ? { line } : {}),
    });
  }
  ctx.wake('files');
}

/** Says why a readable file is refused, or null. A sender that is bound to one school may send no other school. */
function refusalOf(reading: RosterReading, within: string): Problem | null {
  if (reading.schools.length === 0) return { code: 'no-school', message: noSchool(reading.rows) };
  if (within === '*' || reading.schools.every((school) => school.id === within)) return null;
  return {
    code: 'other-school',
    message: 'В выгрузке есть школа, которую вам нельзя менять: ничего не принято',
  };
}

function noSchool({ ignored, rejected }: RowOutcome): string {
  const isOfOrgs = ({ file }: { file: string }) => file.toLowerCase() === 'orgs.csv';
  const reasons = [
    ...ignored.filter(isOfOrgs).map(({ reason, rows }) => `${reason} – строк: ${rows}`),
    ...rejected.filter(isOfOrgs).map(({ line, message }) => `строка ${line} отклонена: ${message}`),
  ];
  const why = reasons.length === 0 ? 'orgs.csv пуст' : `orgs.csv: ${reasons.slice(0, 5).join('; ')}`;
  return `В выгрузке нет ни одной школы: ничего не принято. ${why}. Нужна организация с типом school`;
}

/** Gives the schools that are staged. */
async function stage(
  ctx: Context,
  operation: OperationOf<'roster-import'>,
  reading: RosterReading,
): Promise<string[]> {
  return ctx.db.transactionAcross('import', async ({ sql: tx }) => {
    const schools = await stated(tx, reading);
    const [only, ...others] = schools;
    if (only && others.length === 0) {
      await becomeSchools(tx, operation.id, only.id);
      await stageSchool(tx, operation.id, reading, only);
    } else await openSchools(ctx, tx, operation, reading, schools);
    await keepFaults(tx, operation.id, 'rejected', reading.rows.rejected);
    await keepFaults(tx, operation.id, 'lost', reading.rows.lostFields);
    await noteRead(tx, operation.id, resultOf(reading, schools.length));
    await tx.deleteFrom('roster_file').where('operation_id', '=', operation.id).execute();
    return schools.map(({ id }) => id);
  });
}

/**
 * The result that is shown once the file is read. Its lists of bad rows are cut, and roster/row-faults.ts keeps all.
 */
function resultOf({ counts, rows, remarks }: RosterReading, schools: number) {
  return {
    ...counts,
    ...rows,
    rejected: rows.rejected.slice(0, SHOWN_FAULTS),
    lostFields: rows.lostFields.slice(0, SHOWN_FAULTS),
    remarks,
    ...(schools === 1 ? {} : { operations: [] }),
  };
}

/** Leaves out schools that are marked as deleted and that we do not know, so that no row is made for them. */
async function stated(tx: Sql, reading: RosterReading): Promise<SchoolReading[]> {
  const ids = reading.schools.map(({ id }) => id);
  const { rows } = await sql<{ id: string }>`select id from school where id = any(${ids})`.execute(tx);
  const known = new Set(rows.map(({ id }) => id));
  return reading.schools.filter(({ id, gone }) => !gone || known.has(id));
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
  await becomeParent(tx, operation.id);
}

async function loadFile(ctx: Context, operationId: string): Promise<Uint8Array> {
  const file = await ctx.db.ofNone
    .selectFrom('roster_file')
    .select('body')
    .where('operation_id', '=', operationId)
    .executeTakeFirst();
  if (!file) throw new Error('the file of this import is gone');
  return file.body;
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
