import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { OperationOf } from '../store/operation-params.ts';
import { operationsOf } from '../store/operation-row.ts';

const DELETIONS_WAITED_FOR_MS = 10 * 60_000;

/** Whether no earlier operation of the same school and kind is still at work. */
export async function isItsTurn(ctx: Context, operation: OperationOf): Promise<boolean> {
  const { rows } = await sql`
    select 1 from operation where state in ('queued', 'running') and kind = ${operation.kind}
      and school_id is not distinct from ${operation.schoolId}
      -- An import whose facts are stored does not delay the next one while its chats follow.
      and (kind = 'initialization' or not params ?| array['following', 'schools'])
      and (created_at, id) < (${operation.createdAt}, ${operation.id}::uuid) limit 1`.execute(
    operationsOf(ctx, operation.schoolId),
  );
  return rows.length === 0 && !(await waitsForDeletions(ctx, operation));
}

/**
 * True where an initialisation must wait for a chat that is being deleted, because the chat can come back only after
 * Sferum has let it go. After DELETIONS_WAITED_FOR_MS the initialisation goes on without it.
 */
async function waitsForDeletions(ctx: Context, { schoolId, kind, params }: OperationOf): Promise<boolean> {
  if (kind !== 'initialization' || !schoolId || params.dryRun || params.following) return false;
  const since = new Date(ctx.clock.now() - DELETIONS_WAITED_FOR_MS);
  const { rows } = await sql`
    select from chat where school_id = ${schoolId} and deleted_at is null and deleting_since > ${since}
      and generation > settled_generation and type = any(${params.types}) limit 1`.execute(
    ctx.db.of(schoolId),
  );
  return rows.length > 0;
}
