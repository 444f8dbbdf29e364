import { type RawBuilder, sql } from 'kysely';
import type { ChatType } from '../../desired/model.ts';
import type { Action } from '../../plan/model.ts';
import { instant, type Sql } from '../database.ts';
import type { OperationKind, OperationState, Problem } from '../entities.ts';
import { type Listed, limitTo, listed, type Page } from './page.ts';

export interface OperationItem {
  id: string;
  kind: OperationKind;
  /** Null: of all schools (a roster import of several). */
  schoolId: string | null;
  state: OperationState;
  progress: { done: number; total: number };
  result: Record<string, unknown> | null;
  problems: Problem[];
  createdBy: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

type Row = Omit<OperationItem, 'progress'> & { done: number; total: number };

const columns = sql`o.id, o.kind, o.school_id as "schoolId", o.state, o.done, o.total, o.result, o.problems,
  o.created_by as "createdBy", o.created_at as "createdAt", o.started_at as "startedAt", o.finished_at as "finishedAt"`;

export async function findOperation(db: Sql, id: string): Promise<OperationItem | null> {
  const { rows } = await sql<Row>`select ${columns} from operation o where o.id = ${id}::uuid`.execute(db);
  return rows[0] ? fromRow(rows[0]) : null;
}

/** A school's operations, newest first. */
export async function listOperations(
  db: Sql,
  schoolId: string,
  filter: Page & { state?: OperationState | undefined },
): Promise<Listed<OperationItem>> {
  const state: RawBuilder<unknown> = filter.state ? sql`and state = ${filter.state}` : sql``;
  const { rows } = await sql<Row & { listed: number }>`
    with found as (select * from operation where school_id = ${schoolId} ${state}),
    page as (select * from found order by created_at desc, id ${limitTo(filter)})
    select t.listed, ${columns} from (select count(*)::int as listed from found) t left join page o on true
    order by o.created_at desc, o.id`.execute(db);
  const rowsWithTotal = rows.map((row) => ({ id: row.id as string | null, total: row.listed, row }));
  return listed(rowsWithTotal, ({ row }) => fromRow(row));
}

function fromRow({ done, total, createdAt, startedAt, finishedAt, ...row }: Row): OperationItem {
  return {
    id: row.id,
    kind: row.kind,
    schoolId: row.schoolId,
    state: row.state,
    progress: { done, total },
    result: row.result,
    problems: row.problems,
    createdBy: row.createdBy,
    createdAt: instant(createdAt),
    startedAt: instant(startedAt),
    finishedAt: instant(finishedAt),
  };
}

export interface PlannedAction {
  schoolId: string;
  chatTitle: string;
  chatType: ChatType;
  action: Action;
}

/** A page of an operation's plan, in the order in which it is carried out. */
export async function listPlan(db: Sql, operationId: string, page: Page): Promise<Listed<PlannedAction>> {
  const from = (page.page - 1) * page.perPage;
  const to = from + page.perPage;
  const { rows } = await sql<{
    school_id: string;
    first_action: number;
    title: string;
    type: ChatType;
    actions: Action[];
  }>`select school_id, first_action, title, type, actions from operation_chat
    where operation_id = ${operationId}::uuid
      and first_action < ${to} and first_action + jsonb_array_length(actions) > ${from}
    order by first_action, ordinal`.execute(db);
  const last = await sql<{ total: number }>`
    select first_action + jsonb_array_length(actions) as total from operation_chat
    where operation_id = ${operationId}::uuid order by first_action desc, ordinal desc limit 1`.execute(db);
  const items = rows.flatMap((chat) =>
    chat.actions
      .filter((_, i) => chat.first_action + i >= from && chat.first_action + i < to)
      .map((action) => ({
        schoolId: chat.school_id,
        chatTitle: chat.title,
        chatType: chat.type,
        action,
      })),
  );
  return { items, total: last.rows[0]?.total ?? 0 };
}
