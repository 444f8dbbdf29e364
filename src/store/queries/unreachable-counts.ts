import { sql } from 'kysely';
import type { Sql } from '../database.ts';
import { classChatMembers } from './unreachable.ts';

/** How many of a class are in chats of СГО and cannot be brought into them in Sferum, by reason (J8). */
export interface UnreachableCount {
  /** Null: staff, and whoever is in no class's chat. */
  classId: string | null;
  title: string | null;
  notLinked: number;
  left: number;
  refused: number;
}

/** By class as `listUnreachable` sorts people into classes; a class that misses nobody is not there. */
export async function countUnreachable(db: Sql, schoolId: string): Promise<UnreachableCount[]> {
  const { rows } = await sql<UnreachableCount>`
    with missing as materialized (
      select distinct m.person_id, case when l.vk_user_id is null then 'notLinked' else s.state end as reason
      from membership m
        join chat c on c.id = m.chat_id and c.deleting_since is null and c.deleted_at is null
        left join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
        left join sferum_member s on s.chat_id = m.chat_id and s.vk_user_id = l.vk_user_id
      where m.school_id = ${schoolId} and (l.vk_user_id is null or s.state in ('left', 'refused'))
    ), whose as materialized (
      select distinct m.person_id, g->>'classId' as class_id
      from ${classChatMembers(schoolId)} m cross join jsonb_array_elements(m.grounds) g
      where g->>'kind' in ('enrollment', 'guardian')
    )
    select w.class_id as "classId", k.title,
      count(*) filter (where x.reason = 'notLinked')::int as "notLinked",
      count(*) filter (where x.reason = 'left')::int as "left",
      count(*) filter (where x.reason = 'refused')::int as refused
    from missing x
      left join whose w on w.person_id = x.person_id
      left join class k on k.school_id = ${schoolId} and k.id = w.class_id
    group by w.class_id, k.title`.execute(db);
  return rows;
}
