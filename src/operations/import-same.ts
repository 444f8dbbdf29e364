import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { finishOperations } from '../planning/end-operations.ts';
import type { RosterReading } from '../roster/reading.ts';
import { ListDiffers, newestList } from '../roster/same-list.ts';
import { becomeSchools } from '../rows/operation-import.ts';
import type { Sql } from '../store/database.ts';
import type { OperationOf } from '../store/operation-params.ts';
import { applyReading } from './apply-roster.ts';
import { asOfNow, NO_QUESTION, newerThan } from './judge-roster.ts';
import { dropFile, noteReading, readingResult } from './roster-file.ts';

/**
 * Applies a list of one school that says what its newest whole list said, right after the reading. Nothing is staged,
 * and nobody is asked. That needs no judgement, because a list that changes nothing lacks nothing that was there. Where
 * it does change something, because of an event or a new day since, nothing is done. Safe to repeat.
 * @returns whether the list was applied
 */
export async function importSame(
  ctx: Context,
  operation: OperationOf<'roster-import'>,
  reading: RosterReading,
): Promise<boolean> {
  const [school, ...others] = reading.schools;
  if (!school || others.length > 0 || !(await mayBeSame(ctx, school.id, operation.id))) return false;
  try {
    await ctx.db.holdingSchoolAcross('import', school.id, ({ sql: tx }) =>
      applySame(ctx, tx, operation, { reading, schoolId: school.id }),
    );
  } catch (error) {
    if (!(error instanceof ListDiffers)) throw error;
    return false;
  }
  await finishOperations(ctx, school.id, [operation.id]);
  ctx.wake('files');
  return true;
}

/** Whether a list of the school can say the same as an earlier one, and no other is on its way. */
async function mayBeSame(ctx: Context, schoolId: string, operationId: string): Promise<boolean> {
  const db = ctx.db.of(schoolId);
  if ((await newestList(db, schoolId)) === null) return false;
  const { rows } = await sql`select from operation where school_id = ${schoolId} and kind = 'roster-import'
    and state in ('queued', 'running') and not params ? 'following' and id <> ${operationId} limit 1`.execute(
    db,
  );
  return rows.length === 0;
}

/** The work of `importSame` within its transaction. @throws ListDiffers */
async function applySame(
  ctx: Context,
  tx: Sql,
  operation: OperationOf<'roster-import'>,
  { reading, schoolId }: { reading: RosterReading; schoolId: string },
): Promise<void> {
  const {
    id,
    params: { takenAt },
  } = operation;
  if (await newerThan(tx, schoolId, takenAt)) throw new ListDiffers();
  if (!(await becomeSchools(tx, id, schoolId))) throw new ListDiffers();
  await noteReading(tx, id, reading, 1);
  await dropFile(tx, id);
  const own = { ...operation, schoolId, result: readingResult(reading, 1) };
  const stated = await asOfNow(ctx, tx, { schoolId, takenAt }, reading);
  const { followed, elsewhere } = await applyReading(ctx, tx, own, {
    ...{ schoolId, reading: stated, ...NO_QUESTION, onlySame: true },
  });
  if (followed || elsewhere.length > 0) throw new ListDiffers();
}
