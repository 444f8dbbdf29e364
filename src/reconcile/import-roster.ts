import { sql } from 'kysely';
import { type Author, starterOf } from '../author.ts';
import { dayIn } from '../clock.ts';
import type { Context } from '../context.ts';
import { RosterFileError } from '../roster/file-error.ts';
import { DEFAULT_ROSTER_LIMITS } from '../roster/limits.ts';
import { describeIncomplete, looksIncomplete, sizesOf, storedSizes } from '../roster/looks-incomplete.ts';
import { type MergeResult, mergeRoster, outdatedSchools } from '../roster/merge-roster.ts';
import { readRoster } from '../roster/read-roster.ts';
import type { RosterReading } from '../roster/reading.ts';
import { lockSchool, type Sql } from '../store/database.ts';
import type { Operation, Problem } from '../store/entities.ts';
import { followFacts } from './follow-facts.ts';
import { endOperation, finishOperations } from './operations.ts';
import { reportProgress } from './progress.ts';

export interface RosterImportParams {
  /** The one school that the sender may touch, or `*`. */
  within: string;
  /** A person has said that the file is whole although it does not look so (J2). */
  accepted?: true;
  /** Who accepted it although it looked incomplete. */
  acceptedBy?: Author;
  following?: true;
}

/**
 * A roster import: the file is read whole, then facts, СГО lists and outbox change in one transaction, or nothing
 * does. Chat types that are switched on (D0) follow by themselves, through the guard. A school of which the file
 * looks incomplete only gains (J2); the operation is then held until somebody accepts it. Of a school of which a later
 * roster is in already nothing changes, and nothing is asked; the operation says so.
 */
export async function runRosterImport(ctx: Context, operation: Operation): Promise<void> {
  const params = operation.params as unknown as RosterImportParams;
  if (params.following) return finishOperations(ctx, [operation.id]);
  const file = await loadFile(ctx, operation.id);
  try {
    const limits = {
      ...DEFAULT_ROSTER_LIMITS,
      zipBytes: ctx.config.limits.rosterZipBytes,
      unpackedBytes: ctx.config.limits.rosterCsvBytes,
    };
    const reading = await readRoster(file.body, limits);
    const refused = beyond(reading, params.within);
    if (refused) return fail(ctx, operation.id, refused);
    const { newSchools } = await ctx.db.transaction(({ sql: tx }) =>
      merge(ctx, tx, operation, reading, { ...params, takenAt: file.takenAt }),
    );
    await ctx.newSchools(newSchools);
  } catch (error) {
    if (!(error instanceof RosterFileError)) throw error;
    const { code, message, file: name, line } = error;
    return fail(ctx, operation.id, {
      code,
      message,
      ...(name ? { file: name } : {}),
      ...(line ? { line } : {}),
    });
  }
  ctx.wake('chats');
  await finishOperations(ctx, [operation.id]);
}

async function merge(
  ctx: Context,
  tx: Sql,
  operation: Operation,
  reading: RosterReading,
  params: RosterImportParams & { takenAt: string },
): Promise<{ newSchools: string[] }> {
  const ids = reading.schools.map((school) => school.id).sort();
  for (const id of ids) await lockSchool(tx, id);
  const today = dayIn(ctx.config.schoolTimeZone, ctx.clock.now());
  const outdated = await outdatedSchools(tx, ids, params.takenAt);
  const heard = ids.filter((id) => !outdated.has(id));
  const incomplete = params.accepted
    ? []
    : looksIncomplete(await storedSizes(tx, heard, today), sizesOf(reading));
  const cause = `import:${operation.id}`;
  const merged = await mergeRoster(tx, reading, {
    takenAt: params.takenAt,
    by: cause,
    timeZone: ctx.config.schoolTimeZone,
    addOnly: new Set(incomplete.map((school) => school.schoolId)),
    onProgress: reportProgress(ctx, operation.id),
  });
  const at = new Date(ctx.clock.now());
  // What waited for somebody's word is done by it.
  const author = params.acceptedBy ?? starterOf(operation);
  for (const school of merged.schools.filter((s) => s.changed)) {
    await followFacts(ctx, tx, school.id, { cause, author, priority: 'bulk', operationId: operation.id, at });
  }
  const problems: Problem[] = [
    ...incomplete.map((school) => ({
      code: 'roster-incomplete',
      message: describeIncomplete(school),
      schoolId: school.schoolId,
    })),
    ...[...outdated].map(([schoolId, newerTakenAt]) => ({
      code: 'roster-outdated',
      message: 'Выгрузка старше той, что уже принята: по этой школе ничего не изменено',
      ...{ schoolId, newerTakenAt },
    })),
  ];
  await sql`update operation set result = ${JSON.stringify(resultOf(merged))}::jsonb,
      school_id = coalesce(school_id, ${ids.length === 1 ? ids[0] : null}),
      problems = ${JSON.stringify(problems)}::jsonb,
      params = params || ${JSON.stringify({ following: true, incomplete: incomplete.length > 0 })}::jsonb
    where id = ${operation.id}`.execute(tx);
  return { newSchools: merged.schools.filter((s) => s.created).map((s) => s.id) };
}

function resultOf(merged: MergeResult) {
  return { ...merged.counts, rejected: merged.rejected, rejectedTotal: merged.rejectedTotal };
}

/** A sender bound to one school sends no other. */
function beyond(reading: RosterReading, within: string): Problem | null {
  if (within === '*' || reading.schools.every((school) => school.id === within)) return null;
  return {
    code: 'other-school',
    message: 'В выгрузке есть школа, которую вам нельзя менять: ничего не принято',
  };
}

async function loadFile(ctx: Context, operationId: string): Promise<{ body: Uint8Array; takenAt: string }> {
  const { rows } = await sql<{ body: Uint8Array; takenAt: string }>`
    select body, taken_at as "takenAt" from roster_file where operation_id = ${operationId}`.execute(
    ctx.db.sql,
  );
  if (!rows[0]) throw new Error('the roster file of an open import is gone');
  return rows[0];
}

function fail(ctx: Context, id: string, problem: Problem): Promise<void> {
  return endOperation(ctx, ctx.db.sql, id, { state: 'failed', problems: [problem] });
}
