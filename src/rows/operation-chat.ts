/**
 * The only writer of `operation_chat`: what an operation has planned for a chat, and how far the chat is with it.
 *
 *   none            ──addPlanned, adoptPlanned──► planned     there is nothing to follow (`generation` null)
 *   none, planned   ──addPlanned, addDeletions──► followed    until the chat has settled `generation`
 *   followed        ──tickOff───────────────────► done        `done_at`; `problem` says what stood in the way for good
 *   done            ──addPlanned, followAnew────► followed
 *
 * An operation is over once none of its chats is followed (src/planning/end-operations.ts). A row that was written
 * while its chat settled or was deleted is ticked off by nobody, so the chat itself has the last word (`isPending`).
 */
import { sql } from 'kysely';
import type { ChatPlan } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { NewIds } from '../store/renaming.ts';
import { inChunks, oneRow, tableOf } from '../store/rows.ts';
import type { OfSchool } from './operation.ts';

/** True in SQL where row `f` follows chat `c`, whose work on it is not done. */
export const isPending = sql<boolean>`(f.generation is not null and f.done_at is null
  and c.settled_generation < f.generation and c.deleted_at is null)`;

/**
 * Keeps the plan of each chat, so that people can read it. The `touched` chats are followed until they are done. What
 * the operation planned for a chat before stays, in front of the new actions.
 */
export async function addPlanned(
  tx: Sql,
  operation: OfSchool,
  chats: readonly Pick<ChatPlan, 'chatId' | 'type' | 'title' | 'actions'>[],
  touched: ReadonlySet<string>,
): Promise<void> {
  const { rows: before } = await sql<{ ordinal: number; actions: number }>`
    select coalesce(max(ordinal) + 1, 0)::int as ordinal,
      coalesce(max(first_action + jsonb_array_length(actions)), 0)::int as actions
    from operation_chat where operation_id = ${operation.id}`.execute(tx);
  const { ordinal, actions: firstAction } = oneRow(before);
  const kept = chats.filter((chat) => chat.actions.length > 0 || touched.has(chat.chatId));
  let actionsBefore = firstAction;
  const rows = kept.map(({ chatId, type, title, actions }, n) => {
    const row = {
      ...{ chat_id: chatId, type, title, actions, touched: touched.has(chatId) },
      ...{ ordinal: ordinal + n, first_action: actionsBefore },
    };
    actionsBefore += actions.length;
    return row;
  });
  await inChunks(rows, (json) =>
    sql`insert into operation_chat
        (operation_id, chat_id, school_id, ordinal, first_action, type, title, actions, generation)
      select ${operation.id}, r.chat_id, ${operation.schoolId}, r.ordinal, r.first_action, r.type, r.title, r.actions,
        case when r.touched then c.generation end
      from jsonb_to_recordset(${json}) as r(chat_id uuid, ordinal int, first_action int, type text, title text,
        actions jsonb, touched boolean)
      left join chat c on c.id = r.chat_id
      on conflict (operation_id, chat_id) do update set actions = operation_chat.actions || excluded.actions,
        generation = coalesce(excluded.generation, operation_chat.generation),
        done_at = case when excluded.generation is null then operation_chat.done_at end`.execute(tx),
  );
  if (firstAction > 0) await countActions(tx, operation.id);
}

/**
 * Takes over what the dry run `shown` planned for each chat, as the plan of the operation. It costs a fifth of writing
 * the same anew. `chats` must be that plan, action by action.
 */
export async function adoptPlanned(
  tx: Sql,
  operation: OfSchool,
  { shown, chats, touched }: { shown: string; chats: readonly ChatPlan[]; touched: ReadonlySet<string> },
): Promise<void> {
  await sql`insert into operation_chat
      (operation_id, chat_id, school_id, ordinal, first_action, type, title, actions, generation)
    select ${operation.id}, o.chat_id, o.school_id, o.ordinal, o.first_action, o.type, o.title, o.actions,
      case when c.id = any(${[...touched]}::uuid[]) then c.generation end
    from operation_chat o left join chat c on c.id = o.chat_id
    where o.operation_id = ${shown} and o.school_id = ${operation.schoolId}`.execute(tx);
  const unplanned = chats.filter(({ chatId, actions }) => actions.length === 0 && touched.has(chatId));
  if (unplanned.length > 0) await addPlanned(tx, operation, unplanned, touched);
}

/** Numbers the actions again after an operation planned for the same chats a second time (a roster accepted late). */
async function countActions(tx: Sql, operationId: string): Promise<void> {
  await sql`update operation_chat o set first_action = n.before
    from (select chat_id, (sum(jsonb_array_length(actions)) over (order by ordinal) - jsonb_array_length(actions))::int as before
      from operation_chat where operation_id = ${operationId}) n
    where o.operation_id = ${operationId} and o.chat_id = n.chat_id and o.first_action <> n.before`.execute(
    tx,
  );
}

/** Follows the deletion of these chats. The operation must have planned nothing else for them. */
export async function addDeletions(tx: Sql, { id }: OfSchool, chatIds: readonly string[]): Promise<void> {
  await sql`
    insert into operation_chat (operation_id, chat_id, school_id, ordinal, first_action, type, title, actions, generation)
    select ${id}, id, school_id, row_number() over (order by id) + n.last, row_number() over (order by id) + n.last,
      type, title, jsonb_build_array(jsonb_build_object('action', 'delete', 'chatId', id, 'grounds', '[]'::jsonb)), generation
    from chat, (select coalesce(max(ordinal), -1) as last from operation_chat where operation_id = ${id}) n
    where id = any(${[...chatIds]}::uuid[])`.execute(tx);
}

/** Follows those of these chats that have work again, after a decision about what the operation held in them. */
export async function followAnew(tx: Sql, { id }: OfSchool, chatIds: readonly string[]): Promise<void> {
  await sql`update operation_chat o set generation = c.generation, done_at = null
    from chat c where c.id = o.chat_id and o.operation_id = ${id} and c.id = any(${[...chatIds]}::uuid[])
      and c.generation > c.settled_generation and c.deleted_at is null`.execute(tx);
}

/** Adds calls to Sferum that chats have cost to every operation that follows these chats. */
export async function addCalls(
  tx: Sql,
  chats: readonly { chatId: string; apiCalls: number }[],
): Promise<void> {
  const spent = tableOf('r', { chatId: 'uuid', apiCalls: 'int' }, chats);
  await sql`update operation_chat o set api_calls = o.api_calls + r."apiCalls" from ${spent}
    where o.chat_id = r."chatId" and o.done_at is null and o.generation is not null`.execute(tx);
}

/** A generation that a chat has settled, and what its work cost. */
interface Ticked {
  chatId: string;
  generation: number;
  apiCalls: number;
  problem: Problem | null;
}

/** Ticks the chats off in every operation that waited for these generations. Returns those operations. */
export async function tickOff(tx: Sql, chats: readonly Ticked[], at: Date): Promise<string[]> {
  const types = { chatId: 'uuid', generation: 'bigint', apiCalls: 'int', problem: 'jsonb' };
  const ticked = chats.map((chat) => ({ ...chat, problem: chat.problem && JSON.stringify(chat.problem) }));
  const { rows } = await sql<{ operationId: string }>`
    update operation_chat o set done_at = ${at}, api_calls = o.api_calls + r."apiCalls", problem = r.problem
    from ${tableOf('r', types, ticked)}
    where o.chat_id = r."chatId" and o.done_at is null and o.generation <= r.generation
    returning o.operation_id as "operationId"`.execute(tx);
  return rows.map(({ operationId }) => operationId);
}

/** Takes these VK ids out of what was planned about strangers. Returns the number of changed rows. */
export async function forgetStrangers(
  tx: Sql,
  schoolId: string,
  vkUserIds: readonly string[],
): Promise<number> {
  const stranger = sql`(a->>'strangerId' = any(${[...vkUserIds]}))`;
  const changed = await sql`update operation_chat c set actions = (
      select jsonb_agg(case when ${stranger} then a || '{"strangerId": 0}' else a end order by n)
      from jsonb_array_elements(c.actions) with ordinality x(a, n))
    where school_id = ${schoolId} and exists (select from jsonb_array_elements(c.actions) a where ${stranger})`.execute(
    tx,
  );
  return Number(changed.numAffectedRows ?? 0);
}

/** Puts people's new ids in (K4), so that what is held can be decided about them. */
export async function renamePlanned(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const grounds = sql`a->'grounds'`;
  const named = sql`(${ids.inField(sql`o.actions`, 'personId')}
    or exists (select from jsonb_array_elements(o.actions) x(a) where ${ids.inField(grounds, 'studentId')}))`;
  await sql`update operation_chat o set actions = (
      select jsonb_agg(case when ${ids.inField(grounds, 'studentId')}
        then a || jsonb_build_object('grounds', ${ids.inObjects(grounds, 'studentId')}) else a end order by n)
      from jsonb_array_elements(${ids.inObjects(sql`o.actions`, 'personId')}) with ordinality x(a, n))
    where o.school_id = ${schoolId} and ${named}`.execute(tx);
}
