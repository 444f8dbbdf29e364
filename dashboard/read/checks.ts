import { sql } from 'kysely';
import type { Author } from '../../src/author.ts';
import type { CheckResult } from '../../src/planning/check-result.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationState } from '../../src/store/entities.ts';
import { type KindWithParams, readParams } from '../../src/store/operation-params.ts';

/** A check of a chat or a person (K7) as it stands. */
export interface CheckRow {
  id: string;
  state: OperationState;
  createdBy: string;
  createdByKind: Author['kind'];
  about: KindWithParams<'check'>['params'];
  /** Null until the check has ended well. */
  result: CheckResult | null;
  /** Why it ended without a result. Null where it did not. */
  failure: string | null;
  /** An instant; null while it goes on. */
  finishedAt: string | null;
}

/** Finds a check of a school; null where there is none. */
export async function findCheck(db: Sql, schoolId: string, id: string): Promise<CheckRow | null> {
  const { rows } = await sql<Omit<CheckRow, 'about'> & { params: unknown }>`
    select id, state, params, created_by as "createdBy", created_by_kind as "createdByKind", case when state = 'succeeded' then result end as result,
      case when state = 'failed' then problems->0->>'message' end as failure, finished_at as "finishedAt"
    from operation where id = ${id}::uuid and school_id = ${schoolId} and kind = 'check'`.execute(db);
  if (!rows[0]) return null;
  const { params, ...row } = rows[0];
  const read = readParams({ kind: 'check', params });
  return read.kind === 'check' ? { ...row, finishedAt: instant(row.finishedAt), about: read.params } : null;
}
