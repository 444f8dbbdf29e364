/** «Работы»: every operation of a school, newest first, as a log to page through. */
import { type RawBuilder, sql } from 'kysely';
import type { Author } from '../../src/author.ts';
import type { ChatType } from '../../src/desired/model.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind, OperationState } from '../../src/store/entities.ts';
import { doneNow, totalNow } from './operations.ts';

export interface LoggedOperation {
  id: string;
  kind: OperationKind;
  state: OperationState;
  types: ChatType[];
  dryRun: boolean;
  strict: boolean;
  asOf: string | null;
  undoneBy: string | null;
  done: number;
  total: number;
  /** The figures of the result. Its parts that may be long are left out. */
  result: Record<string, unknown> | null;
  /** How many removals were held when its plan was made, and what somebody decided about them. */
  plannedHeld: number;
  decision: 'approve' | 'reject' | null;
  /** The first one says why it failed. */
  problem: string | null;
  /** For a deletion: its chat. */
  chatTitle: string | null;
  by: Author;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface LogFilter {
  kind?: OperationKind | undefined;
  state?: OperationState | undefined;
}

/** The place of a row in the log; the page begins after it. */
export interface LogPlace {
  at: string;
  id: string;
}

/** The parts of a result that grow with a roster's mistakes. A page of their own shows them. */
const LONG_PARTS = [
  'rejected',
  'lostFields',
  'ignored',
  'files',
  'remarks',
  'operations',
  'desired',
  'actual',
];

type Row = Omit<LoggedOperation, 'by'> & { authorId: string; authorKind: Author['kind'] };

/** Gives a page of the log and whether an older one follows. */
export async function logOperations(
  db: Sql,
  schoolId: string,
  { kind, state, after, limit }: LogFilter & { after?: LogPlace | undefined; limit: number },
): Promise<{ items: LoggedOperation[]; more: boolean }> {
  const older = after ? sql`and (o.created_at, o.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``;
  const rows = await select(
    db,
    sql`o.school_id = ${schoolId} ${kind ? sql`and o.kind = ${kind}` : sql``}
      ${state ? sql`and o.state = ${state}` : sql``} ${older}
    order by o.created_at desc, o.id desc limit ${limit + 1}`,
  );
  return { items: rows.slice(0, limit), more: rows.length > limit };
}

/** Gives what is under way, oldest first. */
export function openOperations(db: Sql, schoolId: string): Promise<LoggedOperation[]> {
  return select(
    db,
    sql`o.school_id = ${schoolId} and o.state in ('queued', 'running') order by o.created_at, o.id`,
  );
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<LoggedOperation[]> {
  const { rows } = await sql<Row>`
    select o.id, o.kind, o.state, coalesce(o.params->'types', '[]') as types,
      coalesce((o.params->>'dryRun')::boolean, false) as "dryRun", coalesce((o.params->>'strict')::boolean, false) as strict,
      o.params->>'asOf' as "asOf", o.params->>'undoneBy' as "undoneBy",
      coalesce((o.params->'planned'->>'held')::int, 0) as "plannedHeld", o.params->'decided'->>'decision' as decision, ${doneNow} as done, ${totalNow} as total,
      o.result - ${LONG_PARTS}::text[] as result, o.problems->0->>'message' as problem,
      (select c.title from chat c where c.school_id = o.school_id and c.id = (o.params->>'chatId')::uuid) as "chatTitle",
      o.created_by as "authorId", o.created_by_kind as "authorKind",
      o.created_at as "createdAt", o.started_at as "startedAt", o.finished_at as "finishedAt"
    from operation o where ${which}`.execute(db);
  return rows.map(({ authorId, authorKind, ...row }) => ({
    ...row,
    by: { id: authorId, kind: authorKind },
    createdAt: instant(row.createdAt),
    startedAt: instant(row.startedAt),
    finishedAt: instant(row.finishedAt),
  }));
}

/** Counts a school's operations by kind and state. */
export async function countOperations(
  db: Sql,
  schoolId: string,
): Promise<{ kind: OperationKind; state: OperationState; count: number }[]> {
  const { rows } = await sql<{ kind: OperationKind; state: OperationState; count: number }>`
    select kind, state, count(*)::int as count from operation
    where school_id = ${schoolId} group by kind, state`.execute(db);
  return rows;
}
