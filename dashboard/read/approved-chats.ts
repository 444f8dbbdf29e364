import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';

/** An approval of what is held in a chat that has not acted yet, so that it can be taken back (J3). */
export interface ApprovedChat {
  operationId: string;
  approvalId: string;
  /** An instant. */
  actsAt: string;
}

/** The chats of a school whose held removals are approved and about to be done, by their ids. */
export async function approvedChats(db: Sql, schoolId: string): Promise<ReadonlyMap<string, ApprovedChat>> {
  const { rows } = await sql<ApprovedChat & { chatId: string }>`
    select c as "chatId", o.id as "operationId", a.id as "approvalId", a."actsAt" from operation o
      cross join jsonb_to_recordset(o.params->'awaiting') a(id text, "chatIds" jsonb, "actsAt" timestamptz)
      cross join jsonb_array_elements_text(case when jsonb_typeof(a."chatIds") = 'array' then a."chatIds" else '[]' end) c
    where o.school_id = ${schoolId} and o.state in ('held', 'running') and o.params ? 'awaiting'`.execute(db);
  return new Map(rows.map(({ chatId, actsAt, ...rest }) => [chatId, { ...rest, actsAt: instant(actsAt) }]));
}
