import { sql } from 'kysely';
import type { Author } from '../../src/author.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind } from '../../src/store/entities.ts';

/** An approval that has not acted yet, so that it can be taken back (J3). One of many schools counts as one. */
export interface AwaitingApproval {
  id: string;
  /** The operation that it is about; of many, one of them. */
  operationId: string;
  operation: OperationKind;
  author: Author;
  /** When it was decided and when it acts, instants. */
  at: string;
  actsAt: string;
  /** Whose removal it approves, each counted once in a school. 0: it approves an operation as a whole. */
  people: number;
  chats: number;
  schools: number;
  /** The title of the only chat that it is about. */
  chatTitle: string | null;
}

/** Approvals that wait, oldest first: of a school, or of all where `schoolId` is null. */
export async function awaitingApprovals(db: Sql, schoolId: string | null): Promise<AwaitingApproval[]> {
  const own = schoolId === null ? sql`` : sql`and o.school_id = ${schoolId}`;
  const { rows } = await sql<AwaitingApproval>`
    with approval as materialized (
      select o.id as operation_id, o.kind, o.school_id, a.* from operation o
        cross join jsonb_to_recordset(o.params->'awaiting') a(id text, "chatIds" jsonb, by jsonb, at timestamptz, "actsAt" timestamptz)
      where o.state in ('held', 'running') and o.params ? 'awaiting' ${own}),
    held as (
      select held_by, chat_id, person_id as who from membership where held_by in (select operation_id from approval)
      union all
      select held_by, chat_id, 'vk:' || vk_user_id from sferum_member
        where held_by in (select operation_id from approval)),
    removal as (
      select a.id, a.school_id, h.chat_id, h.who from approval a
        join held h on h.held_by = a.operation_id and a."chatIds" ? h.chat_id::text),
    size as (
      select id, count(distinct (school_id, who))::int as people, count(distinct chat_id)::int as chats,
        case when count(distinct chat_id) = 1 then (select title from chat where id = (array_agg(chat_id))[1]) end as title
      from removal r group by id)
    select a.id, (array_agg(a.operation_id))[1] as "operationId", min(a.kind) as operation, (array_agg(a.by))[1] as author,
      min(a.at) as at, max(a."actsAt") as "actsAt", coalesce(s.people, 0) as people, coalesce(s.chats, 0) as chats,
      count(distinct a.school_id)::int as schools, s.title as "chatTitle"
    from approval a left join size s on s.id = a.id
    group by a.id, s.people, s.chats, s.title
    -- Somebody has decided about all its chats otherwise: nothing of it is left.
    having s.people > 0 or bool_or(jsonb_typeof(a."chatIds") = 'null') order by min(a.at), a.id`.execute(db);
  return rows.map((row) => ({ ...row, at: instant(row.at), actsAt: instant(row.actsAt) }));
}
