import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import { oneRow } from '../../src/store/rows.ts';
import { classChatMembers } from './unreachable.ts';

/** How many people of a class are in chats of СГО and cannot be brought into them in Sferum, by reason (J8). */
export interface UnreachableCount {
  /** Null: staff, and people who are in no class's chat. */
  classId: string | null;
  title: string | null;
  notLinked: number;
  left: number;
  refused: number;
}

/** Whether the school has any chat. Before that nobody is missing from one. */
export async function hasChats(db: Sql, schoolId: string): Promise<boolean> {
  const { rows } = await sql<{ some: boolean }>`
    select exists (select from chat where school_id = ${schoolId} and deleted_at is null) as some`.execute(
    db,
  );
  return oneRow(rows).some;
}

const isLive = sql`c.deleting_since is null and c.deleted_at is null`;

/**
 * Counts people by class, as `listUnreachable` sorts them into classes. A class from which nobody is missing is left
 * out. Most people are in a class's chat, which has to be read in any case. So only the others are asked whether they
 * are in any chat.
 */
export async function countUnreachable(db: Sql, schoolId: string): Promise<UnreachableCount[]> {
  const { rows } = await sql<UnreachableCount>`
    with unlinked as materialized (
      select p.id as person_id from person p
      where p.school_id = ${schoolId}
        and not exists (select from profile_link l
          where l.school_id = p.school_id and l.person_id = p.id and l.present and l.vk_user_id is not null)
    ), departed as materialized (
      select distinct m.person_id, s.state as reason from sferum_member s
        join profile_link l on l.school_id = s.school_id and l.vk_user_id = s.vk_user_id and l.present
        join membership m on m.chat_id = s.chat_id and m.person_id = l.person_id
        join chat c on c.id = m.chat_id and ${isLive}
      where s.school_id = ${schoolId} and s.state in ('left', 'refused')
    ), place as materialized (
      select m.person_id, m.grounds, m.is_live from ${classChatMembers(schoolId)} m
      where m.person_id in (select person_id from unlinked union all select person_id from departed)
    ), missing as (
      select u.person_id, 'notLinked' as reason from unlinked u
      where u.person_id in (select person_id from place where is_live)
        -- With a limit it is no join with every membership.
        or (select true from membership m join chat c on c.id = m.chat_id and ${isLive}
          where m.school_id = ${schoolId} and m.person_id = u.person_id limit 1)
      union all select person_id, reason from departed
    ), whose as (
      select distinct m.person_id, g->>'classId' as class_id
      from place m cross join jsonb_array_elements(m.grounds) g where g->>'kind' in ('enrollment', 'guardian')
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
