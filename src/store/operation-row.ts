import { type Database, instantDate, type Sql } from './database.ts';
import { type OperationOf, readParams } from './operation-params.ts';

/** Gives where an operation's rows are. Those of an import of several schools belong to no school. */
export function operationsOf({ db }: { db: Database }, schoolId: string | null | undefined): Sql {
  return schoolId == null ? db.across('import') : db.of(schoolId);
}

/**
 * Finds an operation of a school, or one that belongs to no school (null). Gives null where there is no such
 * operation.
 */
export function findOperationRow(
  ctx: { db: Database },
  schoolId: string | null,
  id: string,
): Promise<OperationOf | null> {
  return readOperationRow(operationsOf(ctx, schoolId), schoolId, id);
}

/** Finds it within a transaction. */
export async function readOperationRow(
  db: Sql,
  schoolId: string | null,
  id: string,
): Promise<OperationOf | null> {
  const row = await db
    .selectFrom('operation')
    .selectAll()
    .where('id', '=', id)
    .where('school_id', 'is not distinct from', schoolId)
    .executeTakeFirst();
  if (!row) return null;
  const { state, done, total, result, problems, day } = row;
  return {
    ...{ id, schoolId, state, done, total, result, problems, day },
    revision: row.revision === null ? null : Number(row.revision),
    parentId: row.parent_id,
    createdBy: row.created_by,
    createdByKind: row.created_by_kind,
    traceparent: row.traceparent,
    createdAt: new Date(row.created_at),
    startedAt: instantDate(row.started_at),
    finishedAt: instantDate(row.finished_at),
    ...readParams(row),
  };
}
