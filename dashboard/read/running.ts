import { type RawBuilder, sql } from 'kysely';
import type { OperationKind } from '../../src/store/entities.ts';
import { doneNow, totalNow } from './operations.ts';

/** The work of a school that goes on and began first, and how many more there are. */
export interface RunningWork {
  id: string;
  kind: OperationKind;
  /** A plan is made, nothing is changed. */
  dryRun: boolean;
  done: number;
  total: number;
  others: number;
}

/** Gives a RunningWork, or null, as a column, because every page of an administrator asks for it. */
export function runningWork(schoolId: RawBuilder<unknown>): RawBuilder<RunningWork | null> {
  return sql`(select jsonb_build_object('id', o.id, 'kind', o.kind, 'dryRun', coalesce((o.params->>'dryRun')::boolean, false),
      'done', ${doneNow}, 'total', ${totalNow}, 'others', o.open - 1)
    from (select w.*, count(*) over ()::int as open from operation w
      where w.school_id = ${schoolId} and w.state in ('queued', 'running')
      order by w.created_at, w.id limit 1) o)`;
}
