/** A roster file as it was sent: what it says, or why it is refused as a whole. An import and a validation share it. */

import { sql } from 'kysely';
import { DEFAULT_ROSTER_LIMITS } from '../config/roster-limits.ts';
import type { Context } from '../context.ts';
import { RosterFileError } from '../roster/file-error.ts';
import type { RowOutcome } from '../roster/one-roster/row-report.ts';
import { readRoster } from '../roster/read-roster.ts';
import type { RosterReading, SchoolReading } from '../roster/reading.ts';
import { keepFaults, SHOWN_FAULTS } from '../roster/row-faults.ts';
import { noteFileRead } from '../rows/operation-import.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { OperationOf } from '../store/operation-params.ts';
import { count } from '../text/numbers.ts';

/** Reads the file that an operation was opened with. A file that cannot be read or is refused gives a problem. */
export async function readSent(
  ctx: Context,
  { id, params }: OperationOf<'roster-import' | 'roster-validation'>,
): Promise<{ reading: RosterReading } | { problem: Problem }> {
  const body = await loadFile(ctx, id);
  try {
    const reading = await readRoster(body, {
      ...DEFAULT_ROSTER_LIMITS,
      zipBytes: ctx.config.limits.rosterZipBytes,
      unpackedBytes: ctx.config.limits.rosterCsvBytes,
    });
    const problem = refusalOf(reading, params.within);
    return problem ? { problem } : { reading };
  } catch (error) {
    if (!(error instanceof RosterFileError)) throw error;
    const { code, message, file, line } = error;
    return { problem: { code, message, ...(file ? { file } : {}), ...(line ? { line } : {}) } };
  }
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
    ...ignored.filter(isOfOrgs).map(({ reason, rows }) => `${reason} – строк: ${count(rows)}`),
    ...rejected.filter(isOfOrgs).map(({ line, message }) => `строка ${line} отклонена: ${message}`),
  ];
  const why = reasons.length === 0 ? 'orgs.csv пуст' : `orgs.csv: ${reasons.slice(0, 5).join('; ')}`;
  return `В выгрузке нет ни одной школы: ничего не принято. ${why}. Нужна организация с типом school`;
}

/**
 * The result that is shown once the file is read. Its lists of bad rows are cut, and roster/row-faults.ts keeps all.
 */
export function readingResult({ counts, rows, remarks }: RosterReading, schools: number) {
  return {
    ...counts,
    ...rows,
    rejected: rows.rejected.slice(0, SHOWN_FAULTS),
    lostFields: rows.lostFields.slice(0, SHOWN_FAULTS),
    remarks,
    ...(schools === 1 ? {} : { operations: [] }),
  };
}

/** Keeps the result of reading the file with its operation. */
export async function noteReading(
  tx: Sql,
  operationId: string,
  reading: RosterReading,
  schools: number,
): Promise<void> {
  await keepFaults(tx, operationId, 'rejected', reading.rows.rejected);
  await keepFaults(tx, operationId, 'lost', reading.rows.lostFields);
  await noteFileRead(tx, operationId, readingResult(reading, schools));
}

/** Deletes the file, because what it says is kept or applied, or because it is refused. */
export async function dropFile(tx: Sql, operationId: string): Promise<void> {
  await tx.deleteFrom('roster_file').where('operation_id', '=', operationId).execute();
}

/** Whether the file of the operation is still there. */
export async function hasFile(ctx: Context, operationId: string): Promise<boolean> {
  const { rows } = await sql`select from roster_file where operation_id = ${operationId}`.execute(
    ctx.db.ofNone,
  );
  return rows.length > 0;
}

/** Leaves out schools that are marked as deleted and that we do not know, so that no row is made for them. */
export async function statedSchools(tx: Sql, reading: RosterReading): Promise<SchoolReading[]> {
  const ids = reading.schools.map(({ id }) => id);
  const { rows } = await sql<{ id: string }>`select id from school where id = any(${ids})`.execute(tx);
  const known = new Set(rows.map(({ id }) => id));
  return reading.schools.filter(({ id, gone }) => !gone || known.has(id));
}
