import { sql } from 'kysely';
import type { Context } from '../../src/context.ts';
import { settleImports } from '../../src/operations/import-parents.ts';
import { runOperation } from '../../src/operations/run-operation.ts';
import { everywhere } from './everywhere.ts';

/** Runs an operation where no worker does: an import is read first, then applied school by school. */
export async function runNow(ctx: Context, operationId: string): Promise<void> {
  const schoolId = await schoolOfOperation(ctx, operationId);
  await runOperation(ctx, { schoolId, operationId });
  if (schoolId !== null) return;
  const { rows } = await sql<{ schoolId: string; operationId: string }>`
    select school_id as "schoolId", id as "operationId" from operation
    where (id = ${operationId} or parent_id = ${operationId}) and school_id is not null and state = 'running'
      or parent_id = ${operationId} and state = 'queued'`.execute(everywhere(ctx));
  for (const part of rows) await runOperation(ctx, part);
  await settleImports(ctx);
}

export async function schoolOfOperation(ctx: Context, operationId: string): Promise<string | null> {
  const { rows } = await sql<{ schoolId: string | null }>`
    select school_id as "schoolId" from operation where id = ${operationId}`.execute(everywhere(ctx));
  return rows[0]?.schoolId ?? null;
}
