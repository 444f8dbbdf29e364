import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { ChatType } from '../desired/model.ts';
import { mergeRoster } from '../roster/merge-roster.ts';
import { RosterFileError } from '../roster/file-error.ts';
import { readRoster } from '../roster/read-roster.ts';
import { lockSchool, type Sql } from '../store/database.ts';
import type { Operation } from '../store/entities.ts';
import { applyPlan } from './apply-plan.ts';
import { endOperation, finishOperations } from './operations.ts';
import { planSchool } from './plan-school.ts';

/**
 * A roster import: the file is read whole, then facts, СГО lists and outbox change in one transaction, or nothing
 * does. Chat types that are switched on (D0) follow by themselves, through the guard.
 */
export async function runRosterImport(ctx: Context, operation: Operation): Promise<void> {
  if (operation.params.following) return finishOperations(ctx, [operation.id]);
  const { rows } = await sql<{ body: Uint8Array; taken_at: string }>`
    select body, taken_at from roster_file where operation_id = ${operation.id}`.execute(ctx.db.sql);
  const file = rows[0];
  if (!file) throw new Error('the roster file of an open import is gone');
  try {
    const reading = await readRoster(file.body, ctx.config.limits);
    await ctx.db.transaction(async ({ sql: tx }) => {
      for (const school of [...reading.schools.keys()].sort()) await lockSchool(tx, school);
      await importReading(ctx, tx, operation, reading, new Date(file.taken_at));
    });
  } catch (error) {
    if (!(error instanceof RosterFileError)) throw error;
    const { code, message, file: name, line } = error;
    return endOperation(ctx, ctx.db.sql, operation.id, {
      state: 'failed',
      problems: [{ code, message, ...(name ? { file: name } : {}), ...(line ? { line } : {}) }],
    });
  }
}
