import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import {
  byName,
  type Sex,
  type ShownRole,
  shownName,
  shownRole,
} from '../../src/store/queries/person-columns.ts';
import { maySeeChat, type Viewer } from '../../src/store/queries/viewer.ts';

/** A person who is in chats of СГО and cannot be brought into them in Sferum (J8). */
export interface UnreachablePerson {
  personId: string;
  name: string;
  role: ShownRole;
  sex: Sex | null;
  /** `refused`: Sferum does not let the person be added. `refusal` says why. */
  reason: 'notLinked' | 'left' | 'refused';
  refusal: string | null;
  chats: { id: string; title: string }[];
}

export interface UnreachableClass {
  /** Null: staff, and people who are in no class's chat. */
  classId: string | null;
  title: string | null;
  people: UnreachablePerson[];
}

/** Everybody, the people of one class, or the people who are in no class's chat. */
type UnreachableScope = 'everybody' | 'without-class' | { classId: string };

/**
 * Gives the people who cannot be reached, by class. The grounds of their memberships say the class: a pupil's own, a parent's by the children. A
 * parent with children in two classes is in both. Only the chats that the viewer sees are named.
 */
export async function listUnreachable(
  db: Sql,
  viewer: Viewer,
  scope: UnreachableScope,
): Promise<UnreachableClass[]> {
  const { schoolId } = viewer;
  const { rows } = await sql<UnreachableClass>`
    with absent as materialized (${absentPeople(schoolId)}), whose as materialized (
      select distinct m.person_id, g->>'classId' as class_id
      from ${classChatMembers(schoolId)} m cross join jsonb_array_elements(m.grounds) g
      where g->>'kind' in ('enrollment', 'guardian') ${ofClass(scope)}
    ), missing as materialized (
      select m.person_id, c.id, c.title, c.title_key, s.reason as refusal, ${maySeeChat(viewer)} as named,
        case when l.vk_user_id is null then 'notLinked' else s.state end as reason
      from (${soughtPeople(scope)}) sought
        join membership m on m.school_id = ${schoolId} and m.person_id = sought.person_id
        join chat c on c.id = m.chat_id and c.deleting_since is null and c.deleted_at is null
        left join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
        left join sferum_member s on s.chat_id = m.chat_id and s.vk_user_id = l.vk_user_id
      where l.vk_user_id is null or s.state in ('left', 'refused')
    ), people as (
      select w.class_id, p.name_key, p.id, jsonb_build_object('personId', p.id, 'name', ${shownName}, 'role', ${shownRole}, 'sex', p.sex,
          'reason', x.reason, 'refusal', max(x.refusal),
          'chats', coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'title', x.title) order by x.title_key collate "C")
            filter (where x.named), '[]')) as person
      from missing x join person p on p.school_id = ${schoolId} and p.id = x.person_id
        left join whose w on w.person_id = p.id
      group by w.class_id, p.school_id, p.id, x.reason
    )
    select p.class_id as "classId", k.title, jsonb_agg(p.person order by ${byName}, p.person->>'reason') as people
    from people p left join class k on k.school_id = ${schoolId} and k.id = p.class_id
    group by p.class_id, k.title`.execute(db);
  return rows;
}

/** Only chats of classes hold grounds of belonging to a class, so the many others are not looked through. */
export function classChatMembers(schoolId: string): RawBuilder<unknown> {
  return sql`(select m.person_id, m.grounds, c.class_id, c.deleting_since is null as is_live from chat c join membership m on m.chat_id = c.id
    where c.school_id = ${schoolId} and c.type in ('class', 'parents') and c.deleted_at is null offset 0)`;
}

/**
 * Gives the people who may be missing somewhere. Looking only for these costs less than looking at every membership.
 */
function absentPeople(schoolId: string): RawBuilder<unknown> {
  return sql`select p.id as person_id from person p
      where p.school_id = ${schoolId} and not exists (select from profile_link l
        where l.school_id = p.school_id and l.person_id = p.id and l.present and l.vk_user_id is not null)
    union select l.person_id from sferum_member s
      join profile_link l on l.school_id = s.school_id and l.vk_user_id = s.vk_user_id and l.present
      where s.school_id = ${schoolId} and s.state in ('left', 'refused')`;
}

function ofClass(scope: UnreachableScope): RawBuilder<unknown> {
  if (typeof scope === 'string') return sql`and m.person_id in (select person_id from absent)`;
  return sql`and m.class_id = ${scope.classId} and g->>'classId' = ${scope.classId}`;
}

function soughtPeople(scope: UnreachableScope): RawBuilder<unknown> {
  if (scope === 'everybody') return sql`select person_id from absent`;
  if (scope === 'without-class')
    return sql`select person_id from absent where person_id not in (select person_id from whose)`;
  return sql`select distinct person_id from whose`;
}
