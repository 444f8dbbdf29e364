import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind } from '../../src/store/entities.ts';

/** An operation of some school that waits for a decision (K1). */
export interface HeldOfRegion {
  id: string;
  kind: OperationKind;
  schoolId: string;
  schoolName: string;
  since: string;
  /** Whose removal is held, each counted once, and in how many chats. Both 0: it waits as a whole (J2). */
  people: number;
  chats: number;
}

/**
 * Gives what waits in all schools, in the natural order of their names, or only these operations. What an approval
 * covers is decided, even while it can still be taken back, and does not count.
 */
export async function heldEverywhere(db: Sql, ids?: readonly string[]): Promise<HeldOfRegion[]> {
  const asked = ids ? sql`and o.id = any(${[...ids]}::uuid[])` : sql``;
  const { rows } = await sql<HeldOfRegion>`
    with waiting as materialized (select o.id, o.kind, o.school_id, o.created_at,
        coalesce(o.params->'awaiting', '[]') as awaiting from operation o
      where o.state = 'held' and o.school_id is not null ${asked}),
    removals as (
      select held_by, chat_id, person_id as who from membership where held_by in (select id from waiting)
      union all
      select held_by, chat_id, 'vk:' || vk_user_id from sferum_member where held_by in (select id from waiting)),
    counted as (select w.id as held_by, count(distinct who)::int as people, count(distinct chat_id)::int as chats
      from removals r join waiting w on w.id = r.held_by
      where not w.awaiting @> jsonb_build_array(jsonb_build_object('chatIds', jsonb_build_array(r.chat_id)))
      group by w.id)
    select w.id, w.kind, w.school_id as "schoolId", s.name as "schoolName", w.created_at as since,
      coalesce(c.people, 0) as people, coalesce(c.chats, 0) as chats
    from waiting w join school s on s.id = w.school_id left join counted c on c.held_by = w.id
    where c.held_by is not null or w.awaiting = '[]'
    order by s.name_key collate "C", s.name, w.created_at, w.id`.execute(db);
  return rows.map((row) => ({ ...row, since: instant(row.since) }));
}
