import { type RawBuilder, sql } from 'kysely';
import type { Author } from '../../src/author.ts';
import type { ChatType } from '../../src/desired/model.ts';
import type { Action } from '../../src/plan/model.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind, OperationState, Problem } from '../../src/store/entities.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';

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

/**
 * True in SQL while its chats are followed and are its progress. Before that its own work is, and at its end the row
 * says it.
 */
const isFollowed = sql`o.state = 'running' and o.params ? 'following'`;
const followed = (figure: RawBuilder<unknown>) => sql`(select ${figure}::int from operation_chat f
  where f.operation_id = o.id and f.school_id = o.school_id and f.generation is not null)`;
/** Gives in SQL how far the operation in a row `operation o` is. */
export const doneNow = sql<number>`case when ${isFollowed} then ${followed(sql`count(f.done_at)`)} else o.done end`;
export const totalNow = sql<number>`case when ${isFollowed} then ${followed(sql`count(*)`)} else o.total end`;
const columns = sql`o.id, o.kind, o.school_id as "schoolId", o.state, ${doneNow} as done, ${totalNow} as total, o.result, o.problems,
  o.created_by as "createdBy", o.created_at as "createdAt", o.started_at as "startedAt", o.finished_at as "finishedAt"`;

/** Finds an operation of a school. */
export function findOperation(db: Sql, schoolId: string, id: string): Promise<OperationItem | null> {
  return find(db, id, sql`o.school_id = ${schoolId}`);
}

/**
 * Finds an operation of any school, or an import of several, for callers who may see them all. `db` is across schools.
 */
export function findAnyOperation(db: Sql, id: string): Promise<OperationItem | null> {
  return find(db, id, sql`true`);
}

/**
 * Finds an import that belongs to no school (yet), for the sender. The schools for which the sender was known must be
 * the same, because ids of senders are unique only within a school. `db` is across schools.
 */
export function findOwnImport(
  db: Sql,
  { sender, within }: { sender: Author; within: readonly string[] },
  id: string,
): Promise<OperationItem | null> {
  const own = sql`o.created_by = ${sender.id} and o.created_by_kind = ${sender.kind}
    and o.params->>'within' = any(${[...within]}::text[])`;
  return find(db, id, sql`o.school_id is null and o.parent_id is null and ${own}`);
}

async function find(db: Sql, id: string, where: RawBuilder<unknown>): Promise<OperationItem | null> {
  const { rows } = await sql<Row>`
    select ${columns} from operation o where o.id = ${id}::uuid and ${where}`.execute(db);
  return rows[0] ? fromRow(rows[0]) : null;
}

/** True where exactly this author started the operation. A person and an operator may have the same id by chance. */
export async function isStartedBy(db: Sql, schoolId: string, id: string, by: Author): Promise<boolean> {
  const { rows } = await sql`select from operation where id = ${id}::uuid and school_id = ${schoolId}
    and created_by = ${by.id} and created_by_kind = ${by.kind}`.execute(db);
  return rows.length > 0;
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
  // Where the page is empty, the row of the total has no operation.
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
  chatTitle: string;
  chatType: ChatType;
  action: Action;
}

/** A page of an operation's plan, in the order in which it is carried out. */
export async function listPlan(
  db: Sql,
  schoolId: string,
  operationId: string,
  page: Page,
): Promise<Listed<PlannedAction>> {
  const from = (page.page - 1) * page.perPage;
  const to = from + page.perPage;
  const chats = db
    .selectFrom('operation_chat')
    .where('operation_id', '=', operationId)
    .where('school_id', '=', schoolId);
  const after = sql<number>`first_action + jsonb_array_length(actions)`;
  const rows = await chats
    .select(['first_action', 'title', 'type', 'actions'])
    .where('first_action', '<', to)
    .where(after, '>', from)
    .orderBy('first_action')
    .orderBy('ordinal')
    .execute();
  const last = await chats
    .select(after.as('total'))
    .orderBy('first_action', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(1)
    .executeTakeFirst();
  const items = rows.flatMap((chat) =>
    chat.actions
      .filter((_, i) => chat.first_action + i >= from && chat.first_action + i < to)
      .map((action) => ({
        chatTitle: chat.title,
        chatType: chat.type,
        action,
      })),
  );
  return { items, total: last?.total ?? 0 };
}
