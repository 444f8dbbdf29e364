import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind } from '../../src/store/entities.ts';

/** What of a school's chats waits for a person, and what is under way. */
export interface Attention {
  failing: number;
  /** Operations whose removals are held (F4), or that wait as a whole (J2); oldest first. */
  held: { operationId: string; kind: OperationKind; since: string; chats: number; people: number }[];
  /** An initialisation that is under way or waits for its turn. */
  running: { operationId: string; dryRun: boolean } | null;
}

export async function attentionOf(db: Sql, schoolId: string): Promise<Attention> {
  const { rows } = await sql<Omit<Attention, 'held'> & { someHeld: boolean }>`select
    (select count(*)::int from chat
      where school_id = ${schoolId} and deleted_at is null and condition = 'failing') as failing,
    (select jsonb_build_object('operationId', id, 'dryRun', coalesce((params->>'dryRun')::boolean, false))
      from operation
      where school_id = ${schoolId} and kind in ('initialization', 'undo') and state in ('queued', 'running')
      order by created_at limit 1) as running,
    exists (select from operation where school_id = ${schoolId} and state = 'held') as "someHeld"`.execute(
    db,
  );
  const { failing, running, someHeld } = rows[0]!;
  // Who is held is counted only where something is: that takes a look at every membership.
  return { failing, running, held: someHeld ? await heldOperations(db, schoolId) : [] };
}

async function heldOperations(db: Sql, schoolId: string): Promise<Attention['held']> {
  const { rows } = await sql<Attention['held'][number]>`
    select o.id as "operationId", o.kind, o.created_at as since, count(distinct h.chat_id)::int as chats,
      count(h.chat_id)::int as people
    from operation o left join (
      select held_by, chat_id from membership where school_id = ${schoolId} and held_by is not null
      union all select held_by, chat_id from sferum_member where school_id = ${schoolId} and held_by is not null
    ) h on h.held_by = o.id
    where o.state = 'held' and o.school_id = ${schoolId}
    group by o.id order by o.created_at`.execute(db);
  return rows.map((row) => ({ ...row, since: instant(row.since) }));
}
