import { type RawBuilder, sql } from 'kysely';
import { chatKey, type Day } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import { kinOf } from './kin.ts';
import { orderedPlaces } from './ordered-places.ts';
import type { Touched } from './touched.ts';

/** Beyond so many people the whole school is planned sooner than its parts are found. */
const PEOPLE_AT_MOST = 400;

/**
 * Gives the chats that a change of facts can touch on the day, by id or key, each with the event to name as its cause;
 * null where they are too many to single out. Facts are read as they are now. Their rows are never deleted, so the chats
 * that they touched earlier are found as well.
 *
 * Each kind of fact touches these chats:
 * - a person and the person's parents, who are there as long as a child is: the chats of the units where they learn
 *   or teach, every chat where they are listed or have an exception, and «Учительская» for the staff;
 * - a parent: the parents' chats of the children's classes;
 * - an administrator: the chats that want for an admin (C6);
 * - a class: the chats of its groups, which live no longer than the class, and those of classes that it continues or
 *   that continue it (K4).
 */
export async function affectedChats(
  tx: Sql,
  schoolId: string,
  touched: Touched,
  day: Day,
): Promise<Map<string, string> | null> {
  if (touched.people.size > PEOPLE_AT_MOST) return null;
  const found = new Map(touched.keys);
  const classes = JSON.stringify([...touched.classes].map(([id, event]) => ({ id, event })));
  const people = JSON.stringify([...touched.people].map(([id, event]) => ({ id, event })));
  const { rows } = await sql<{ chat: string; event: string }>`
    with ${placesOfTouched(schoolId, day, { people, classes })}
    ${chatsOfPlaces(schoolId)}
    union all ${chatsOfPeople(schoolId)}`.execute(tx);
  for (const { chat, event } of rows) if (!found.has(chat)) found.set(chat, event);
  const [[, first] = []] = touched.classes;
  if (first === undefined) return found;
  const keys = [...touched.classes.keys()].map((id) => chatKey('class', id));
  const kin = await kinOf(tx, schoolId, { ids: [], keys, groups: true });
  for (const key of kin.keys) if (!found.has(key)) found.set(key, first);
  return found;
}

/**
 * Tables of a statement. `t`: the people who were touched; `everyone`: they and their parents; `children`: those of
 * touched parents; `places`: where everyone learns or teaches. `people` and `classes` are JSON of ids with their
 * events.
 */
function placesOfTouched(
  schoolId: string,
  day: Day,
  { people, classes }: { people: string; classes: string },
): RawBuilder<unknown> {
  return sql`
    t as materialized (
      select id, event from jsonb_to_recordset(${people}::jsonb) as r(id text, event text)
    ), everyone as materialized (
      select id, min(event) as event from (
        select id, event from t
        union all select g.guardian_id, t.event from t join guardian g on g.school_id = ${schoolId} and g.student_id = t.id
      ) p group by id
    ), children as materialized (
      select g.student_id as id, t.event from t join guardian g on g.school_id = ${schoolId} and g.guardian_id = t.id
    ), ordered as materialized (
      ${orderedPlaces(schoolId, day, sql`student_id = any(array(select id from everyone union select id from children))`)}
    ), places as (
      select e.unit, e.unit_id, p.event from everyone p
        join enrollment e on e.school_id = ${schoolId} and e.student_id = p.id
      union all select o.unit, o.unit_id, p.event from everyone p join ordered o on o.student_id = p.id
      union all select 'class', c.id, p.event from class c cross join unnest(c.homeroom_teacher_ids) as h(id)
        join everyone p on p.id = h.id where c.school_id = ${schoolId} and c.homeroom_teacher_ids && array(select id from everyone)
      union all select 'group', s.id, p.event from subject_group s cross join unnest(s.teacher_ids) as h(id)
        join everyone p on p.id = h.id where s.school_id = ${schoolId} and s.teacher_ids && array(select id from everyone)
      union all select 'group', s.id, c.event
        from jsonb_to_recordset(${classes}::jsonb) as c(id text, event text)
        join subject_group s on s.school_id = ${schoolId} and s.class_id = c.id
    )`;
}

/** The chats of units: of places, and of the classes of children. */
function chatsOfPlaces(schoolId: string): RawBuilder<unknown> {
  return sql`
    select 'subject:' || unit_id as chat, event from places where unit = 'group'
    union all select kind || unit_id, event from places cross join (values ('class:'), ('parents:')) as k(kind)
      where unit = 'class'
    union all select 'parents:' || e.unit_id, c.event from children c
      join enrollment e on e.school_id = ${schoolId} and e.student_id = c.id where e.unit = 'class'
    union all select 'parents:' || o.unit_id, c.event from children c join ordered o on o.student_id = c.id
      where o.unit = 'class'`;
}

/** The chats that name a person, the chat of the staff, and the chats that lack an admin (C6). */
function chatsOfPeople(schoolId: string): RawBuilder<unknown> {
  return sql`
    select m.chat_id::text, p.event from everyone p
      join membership m on m.school_id = ${schoolId} and m.person_id = p.id
    union all select x.chat_id::text, p.event from everyone p
      join exception x on x.school_id = ${schoolId} and x.person_id = p.id
    union all select 'staff', p.event from everyone p
      join person a on a.school_id = ${schoolId} and a.id = p.id and a.roles && '{teacher,administrator}'
    union all select c.id::text, p.event from t p
      join person a on a.school_id = ${schoolId} and a.id = p.id and 'administrator' = any(a.roles) and a.present
      join chat c on c.school_id = ${schoolId} and c.warning is not null and c.deleted_at is null`;
}
