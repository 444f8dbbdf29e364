import { sql } from 'kysely';
import { instantDate, type Sql } from './database.ts';
import type { Operation } from './entities.ts';

/** Null: no such operation, or not of the school that `db` is within. */
export async function findOperationRow(db: Sql, id: string): Promise<Operation | null> {
  const { rows } = await sql<Record<'createdAt' | 'startedAt' | 'finishedAt', string | null> & Operation>`
    select id, school_id as "schoolId", kind, state, params, done, total, result, problems, created_by as "createdBy",
      created_by_kind as "createdByKind",
      created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt", revision, day
    from operation where id = ${id}`.execute(db);
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
