import { sql } from 'kysely';
import { type Database, instantDate, type Sql } from './database.ts';
import type { Operation } from './entities.ts';

/** Where an operation's rows are: those of an import of several schools belong to none of them. */
export function operationsOf({ db }: { db: Database }, schoolId: string | null | undefined): Sql {
  return schoolId == null ? db.across('import') : db.of(schoolId);
}

/** Of a school's operations, or of those that belong to none (null). Null: no such operation there. */
export async function findOperationRow(
  ctx: { db: Database },
  schoolId: string | null,
  id: string,
): Promise<Operation | null> {
  const { rows } = await sql<Record<'createdAt' | 'startedAt' | 'finishedAt', string | null> & Operation>`
    select id, school_id as "schoolId", kind, state, params, done, total, result, problems, created_by as "createdBy",
      created_by_kind as "createdByKind",
      created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt", revision, day
    from operation where id = ${id} and school_id is not distinct from ${schoolId}`.execute(
    operationsOf(ctx, schoolId),
  );
  const row = rows[0];
  if (!row) return null;
  return {
    ...row,
    revision: row.revision === null ? null : Number(row.revision),
    createdAt: instantDate(row.createdAt)!,
    startedAt: instantDate(row.startedAt),
    finishedAt: instantDate(row.finishedAt),
  } as Operation;
}
