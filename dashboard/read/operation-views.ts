/** Operations as the console shows them (F3): what was asked, how far they are, what they hold. */

import { sql } from 'kysely';
import type { ChatType, Ground } from '../../src/desired/model.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind, OperationState, Problem } from '../../src/store/entities.ts';
import type { Awaiting } from '../../src/store/operation-params.ts';
import { oneRow } from '../../src/store/rows.ts';

export interface OperationView {
  id: string;
  kind: OperationKind;
  schoolId: string;
  state: OperationState;
  types: ChatType[];
  dryRun: boolean;
  strict: boolean;
  asOf: string | null;
  /** The dry run it applies. */
  plan: string | null;
  /** The operation that an undo takes back; the undo that took an operation back. */
  undoes: string | null;
  undoneBy: string | null;
  /** Observing and planning are over: its chats are followed to their end. */
  following: boolean;
  /** A list that looks cut: it waits to be accepted as a whole (J2). */
  incomplete: boolean;
  /** Approvals that wait until they act. */
  awaiting: readonly Awaiting[];
  done: number;
  total: number;
  result: Record<string, unknown> | null;
  problems: Problem[];
  createdBy: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** Its plan is still that of the school as it is now. */
  fresh: boolean;
  day: string | null;
}

const columns = sql`o.id, o.kind, o.school_id as "schoolId", o.state, coalesce(o.params->'types', '[]') as types,
  coalesce((o.params->>'dryRun')::boolean, false) as "dryRun", coalesce((o.params->>'strict')::boolean, false) as strict,
  o.params->>'asOf' as "asOf", o.params->>'plan' as plan, o.params->>'run' as undoes, o.params->>'undoneBy' as "undoneBy",
  coalesce((o.params->>'following')::boolean, false) as following,
  coalesce((o.params->>'incomplete')::boolean, false) as incomplete,
  coalesce(o.params->'awaiting', '[]') as awaiting, o.done, o.total, o.result, o.problems,
  o.created_by as "createdBy", o.created_at as "createdAt", o.started_at as "startedAt", o.finished_at as "finishedAt",
  coalesce(o.revision = s.revision, false) as fresh, o.day::text as day`;

/** Null: the school has no such operation. */
export async function findOperationView(
  db: Sql,
  schoolId: string,
  id: string,
): Promise<OperationView | null> {
  const { rows } = await sql<OperationView>`
    select ${columns} from operation o join school s on s.id = o.school_id
    where o.id = ${id}::uuid and o.school_id = ${schoolId}`.execute(db);
  return rows[0] ? fromRow(rows[0]) : null;
}

/** The school's latest initialisations and undoings, newest first. */
export async function latestOperations(db: Sql, schoolId: string, limit: number): Promise<OperationView[]> {
  const { rows } = await sql<OperationView>`
    select ${columns} from operation o join school s on s.id = o.school_id
    where o.school_id = ${schoolId} and o.kind in ('initialization', 'undo')
    order by o.created_at desc, o.id limit ${limit}`.execute(db);
  return rows.map(fromRow);
}

function fromRow(operation: OperationView): OperationView {
  return {
    ...operation,
    createdAt: instant(operation.createdAt),
    startedAt: instant(operation.startedAt),
    finishedAt: instant(operation.finishedAt),
  };
}

export interface TypeProgress {
  type: ChatType;
  done: number;
  total: number;
  apiCalls: number;
}

/** Chats done and planned, by type; types without a planned chat are left out. */
export async function progressByType(
  db: Sql,
  schoolId: string,
  operationId: string,
): Promise<TypeProgress[]> {
  const { rows } = await sql<TypeProgress>`
    select type, count(done_at)::int as done, count(*)::int as total,
      sum(api_calls)::int as "apiCalls" from operation_chat
    where operation_id = ${operationId}::uuid and school_id = ${schoolId} and generation is not null
    group by type order by array_position(array['staff', 'class', 'parents', 'subject'], type)`.execute(db);
  return rows;
}

/** Removals that an operation holds in one chat (F4). */
export interface HeldChat {
  chatId: string;
  title: string;
  type: ChatType;
  memberCount: number;
  /** The title of its subject group's class. */
  unit: string | null;
  people: { personId: string; grounds: Ground[] }[];
  strangerIds: number[];
}

/** Gives what the operation holds, chat by chat: people with their grounds, and strangers by VK ID. */
export async function heldChats(db: Sql, schoolId: string, operationId: string): Promise<HeldChat[]> {
  const { rows } = await sql<HeldChat>`
    with people as (
      select chat_id, jsonb_agg(jsonb_build_object('personId', person_id, 'grounds', grounds) order by person_id) as list
      from membership where school_id = ${schoolId} and held_by = ${operationId}::uuid group by chat_id
    ), strangers as (
      select chat_id, jsonb_agg(vk_user_id order by vk_user_id) as list
      from sferum_member where school_id = ${schoolId} and held_by = ${operationId}::uuid group by chat_id
    )
    select c.id as "chatId", c.title, c.type, coalesce(p.list, '[]') as people, coalesce(s.list, '[]') as "strangerIds",
      (select count(*)::int from membership m where m.chat_id = c.id) as "memberCount",
      (select k.title from subject_group g join class k on k.school_id = g.school_id and k.id = g.class_id
        where c.type = 'subject' and g.school_id = c.school_id and g.id = c.subject_group_id) as unit
    from chat c left join people p on p.chat_id = c.id left join strangers s on s.chat_id = c.id
    where c.school_id = ${schoolId} and (p.list is not null or s.list is not null)
    order by c.title_key collate "C"`.execute(db);
  return rows;
}

/** The last decision about the removals that an operation held in a chat. */
export interface ChatDecision {
  decision: 'approve' | 'reject';
  authorId: string | null;
  at: string;
}

/** The decisions about what an operation held, by chat, of these chats. */
export async function decisionsOf(
  db: Sql,
  schoolId: string,
  operationId: string,
  chatIds: readonly string[],
): Promise<Map<string, ChatDecision>> {
  const { rows } = await sql<ChatDecision & { chatId: string }>`
    select distinct on (chat_id) chat_id as "chatId", author_id as "authorId", at,
      case when cause like 'approval:%' then 'approve' else 'reject' end as decision
    from journal where school_id = ${schoolId} and chat_id = any(${[...chatIds]}::uuid[])
      and cause in (${`approval:${operationId}`}, ${`rejection:${operationId}`})
      and what in ('remove', 'removal-rejected')
    order by chat_id, id desc`.execute(db);
  return new Map(rows.map(({ chatId, at, ...rest }) => [chatId, { ...rest, at: instant(at) }]));
}

/** Gives the operation that waits for a decision about removals which this plan holds too. Null where none does. */
export async function waitingElsewhere(db: Sql, { schoolId, id }: OperationView): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select o.id from operation o where o.school_id = ${schoolId} and o.state = 'held' and o.id <> ${id}::uuid
      and exists (select from membership m join operation_chat p on p.chat_id = m.chat_id
        where m.held_by = o.id and p.operation_id = ${id}::uuid and p.actions @> '[{"held": true}]')
    order by o.created_at limit 1`.execute(db);
  return rows[0]?.id ?? null;
}

/** What undoing an initialisation would take back: the chats that it made, by type, and the people in other chats. */
export interface UndoSize {
  chats: { id: string; type: ChatType; title: string; members: number }[];
  /** People whom the initialisation has added to other chats, and taken out of them. */
  added: number;
  removed: number;
}

/** Counts what undoing the operation would take back (J4). */
export async function undoSize(db: Sql, { schoolId, id }: OperationView): Promise<UndoSize> {
  const { rows: chats } = await sql<UndoSize['chats'][number]>`
    select c.id, c.type, c.title, (select count(*)::int from membership m where m.chat_id = c.id) as members
    from operation_chat o join chat c on c.id = o.chat_id and c.deleted_at is null and c.deleting_since is null
    where o.school_id = ${schoolId} and o.operation_id = ${id}::uuid and o.actions @> '[{"action": "create"}]'`.execute(
    db,
  );
  const { rows } = await sql<{ added: number; removed: number }>`
    select count(*) filter (where a->>'action' = 'add')::int as added,
      count(*) filter (where a->>'action' = 'remove' and not a ? 'held')::int as removed
    from operation_chat o cross join jsonb_array_elements(o.actions) a
    where o.school_id = ${schoolId} and o.operation_id = ${id}::uuid
      and not o.actions @> '[{"action": "create"}]'`.execute(db);
  return { chats, ...oneRow(rows) };
}
