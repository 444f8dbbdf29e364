import { sql } from 'kysely';
import { instant, type Sql } from '../database.ts';
import type { OperationKind } from '../entities.ts';

/** What of a school's chats waits for a person, and what is under way. */
export interface Attention {
  failing: number;
  /** Operations whose removals are held (F4), or that wait as a whole (J2); oldest first. */
  held: { operationId: string; kind: OperationKind; since: string; chats: number; people: number }[];
  /** An initialisation that is under way or waits for its turn. */
  running: { operationId: string; dryRun: boolean } | null;
}

export async function attentionOf(db: Sql, schoolId: string): Promise<Attention> {
  const { rows } = await sql<Omit<Attention, 'held' | 'running'>>`
    select count(*)::int as failing
    from chat where school_id = ${schoolId} and deleted_at is null and condition = 'failing'`.execute(db);
  const running = await sql<NonNullable<Attention['running']>>`
    select id as "operationId", coalesce((params->>'dryRun')::boolean, false) as "dryRun" from operation
    where school_id = ${schoolId} and kind in ('initialization', 'undo') and state in ('queued', 'running')
    order by created_at limit 1`.execute(db);
  return { ...rows[0]!, held: await heldOperations(db, schoolId), running: running.rows[0] ?? null };
}

/** Who is held is counted only where something is: that takes a look at every membership. */
async function heldOperations(db: Sql, schoolId: string): Promise<Attention['held']> {
  const any = await sql`select 1 from operation where state = 'held' limit 1`.execute(db);
  if (any.rows.length === 0) return [];
  const { rows } = await sql<Attention['held'][number]>`
    select o.id as "operationId", o.kind, o.created_at as since, count(distinct h.chat_id)::int as chats,
      count(h.chat_id)::int as people
    from operation o left join (
      select held_by, chat_id from membership where school_id = ${schoolId} and held_by is not null
      union all select held_by, chat_id from sferum_member where school_id = ${schoolId} and held_by is not null
    ) h on h.held_by = o.id
    where o.state = 'held' and (o.school_id = ${schoolId} or h.chat_id is not null)
    group by o.id order by o.created_at`.execute(db);
  return rows.map((row) => ({ ...row, since: instant(row.since) }));
}
