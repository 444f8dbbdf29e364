import { sql } from 'kysely';
import { type Author, starterOf } from '../author.ts';
import { dayIn } from '../clock.ts';
import type { Context } from '../context.ts';
import { statementsOfErased } from '../ending/erased.ts';
import { describeIncomplete, looksIncomplete, sizesOf, storedSizes } from '../roster/looks-incomplete.ts';
import { type MergeResult, mergeRoster, outdatedSchools } from '../roster/merge-roster.ts';
import { dropStaged, loadStaged } from '../roster/staged.ts';
import { readingWithoutErased } from '../roster/without-erased.ts';
import type { Sql } from '../store/database.ts';
import type { Operation, Problem } from '../store/entities.ts';
import { followFacts } from './follow-facts.ts';
import type { RosterImportParams } from './import-roster.ts';
import { finishOperations } from './operations.ts';
import { reportProgress } from './progress.ts';

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
  const today = dayIn(ctx.config.schoolTimeZone, ctx.clock.now());
  const newer = (await outdatedSchools(tx, [schoolId], params.takenAt)).get(schoolId);
  const [incomplete] =
    params.accepted || newer
      ? []
      : looksIncomplete(await storedSizes(tx, [schoolId], today), sizesOf(reading));
  const cause = `import:${operation.id}`;
  const merged = await mergeRoster(tx, reading, {
    takenAt: params.takenAt,
    by: cause,
    timeZone: ctx.config.schoolTimeZone,
    addOnly: new Set(incomplete ? [schoolId] : []),
    onProgress: reportProgress(ctx, schoolId, operation.id),
  });
  if (merged.schools.some(({ changed }) => changed)) {
    const author = params.acceptedBy ?? starterOf(operation);
    const at = new Date(ctx.clock.now());
    await followFacts(ctx, tx, schoolId, {
      ...{ cause, author, priority: 'bulk', operationId: operation.id, at },
    });
  }
  const problems: Problem[] = [
    ...(incomplete ? [{ code: 'roster-incomplete', message: describeIncomplete(incomplete), schoolId }] : []),
    ...(newer ? [{ code: 'roster-outdated', message: OUTDATED, schoolId, newerTakenAt: newer }] : []),
  ];
  await sql`update operation set result = ${JSON.stringify(resultOf(merged))}::jsonb,
      problems = ${JSON.stringify(problems)}::jsonb,
      params = params || ${JSON.stringify({ following: true, incomplete: incomplete !== undefined })}::jsonb
    where id = ${operation.id} and school_id = ${schoolId}`.execute(tx);
  if (!incomplete) await dropStaged(tx, schoolId, operation.id);
}

const OUTDATED = 'Выгрузка старше той, что уже принята: по этой школе ничего не изменено';

function resultOf(merged: MergeResult) {
  return { ...merged.counts, rejected: merged.rejected, rejectedTotal: merged.rejectedTotal };
}
