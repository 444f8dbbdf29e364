import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind } from '../../src/store/entities.ts';

/** An operation whose removals are held (F4), or that waits as a whole (J2). */
export interface HeldOperation {
  kind: 'held';
  operationId: string;
  operation: OperationKind;
  /** An instant. */
  since: string;
  chats: number;
  /** Places in chats: one person in two chats counts twice. */
  places: number;
  /** People under new ids about whom the import asks (K4). */
  people: number;
  /** The only chat that it holds somebody in. */
  chat: { id: string; title: string; members: number } | null;
}

/**
 * Gives the operations that wait for a decision, oldest first, with how many people they hold. What an approval covers
 * is decided, even while it can still be taken back, and does not count.
 */
export async function heldOperations(db: Sql, schoolId: string): Promise<HeldOperation[]> {
  const { rows } = await sql<HeldOperation>`
    with held as materialized (
      select held_by, chat_id from membership where school_id = ${schoolId} and held_by is not null
      union all select held_by, chat_id from sferum_member where school_id = ${schoolId} and held_by is not null)
    select 'held' as kind, o.id as "operationId", o.kind as operation, o.created_at as since,
      count(distinct h.chat_id)::int as chats, count(h.chat_id)::int as places,
      (select count(distinct m.new_id)::int from person_match m
        where m.school_id = ${schoolId} and m.operation_id = o.id and m.state = 'open') as people,
      case when count(distinct h.chat_id) = 1 then (
        select jsonb_build_object('id', c.id, 'title', c.title,
          'members', (select count(*)::int from membership m where m.chat_id = c.id))
        from chat c where c.id = (array_agg(h.chat_id))[1]) end as chat
    from operation o left join held h on h.held_by = o.id and not coalesce(o.params->'awaiting', '[]')
      @> jsonb_build_array(jsonb_build_object('chatIds', jsonb_build_array(h.chat_id)))
    where o.state = 'held' and o.school_id = ${schoolId}
    group by o.id having count(h.chat_id) > 0 or not o.params ? 'awaiting' order by o.created_at`.execute(db);
  return rows.map((row) => ({ ...row, since: instant(row.since) }));
}
