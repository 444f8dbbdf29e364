import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { Operation, type OperationKind } from '../store/entities.ts';
import { runRosterImport } from './import-roster.ts';
import { runInitialization } from './initialize.ts';
import { startOperation } from './operations.ts';

type Runner = (ctx: Context, operation: Operation, signal?: AbortSignal) => Promise<void>;

const RUNNERS: Partial<Record<OperationKind, Runner>> = {
  'roster-import': runRosterImport,
  initialization: runInitialization,
};

/**
 * Carries one open operation as far as it can go now. Operations of one school and kind go one after another, in
 * the order they were asked for; one whose turn has not come stays queued and is woken by the end of the other.
 */
export async function runOperation(ctx: Context, id: string, signal?: AbortSignal): Promise<void> {
  const operation = await ctx.db.em().findOne(Operation, { id });
  if (!operation || !(await isItsTurn(ctx, operation)) || !(await startOperation(ctx, id))) return;
  await RUNNERS[operation.kind]?.(ctx, operation, signal);
}

async function isItsTurn(ctx: Context, operation: Operation): Promise<boolean> {
  const { rows } = await sql`
    select 1 from operation where state in ('queued', 'running') and kind = ${operation.kind}
      and school_id is not distinct from ${operation.schoolId}
      -- An import whose facts are in holds up no other while its chats follow.
      and (kind = 'initialization' or not params ? 'following')
      and (created_at, id) < (${operation.createdAt}, ${operation.id}::uuid) limit 1`.execute(ctx.db.sql);
  return rows.length === 0;
}
