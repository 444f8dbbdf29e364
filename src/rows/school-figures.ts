/**
 * The only writer of `school_figures`: what is too costly to count whenever all schools are looked at (K1). There is
 * one row for each school and day, and a day keeps its last count. `delay_ms` is the p95 (J9).
 */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { delayFigures } from '../store/queries/delay-figures.ts';
import { dayThere, type Moment } from '../store/school-day.ts';

/** A changed school is counted again only so long after its last count, because a count reads all its lists. */
const COUNTED_AGAIN_AFTER = sql`interval '1 minute'`;
/** The delay of orders (J9) is taken over so many days. */
const DELAYS = sql`interval '30 days'`;

/**
 * Gives in SQL the ids of the schools that are to be counted, at most `most`: new ones, those that have a new day, and
 * those that have changed.
 */
export function schoolsToCount(moment: Moment, most: number): RawBuilder<{ id: string }> {
  const now = sql`${new Date(moment.nowMs)}::timestamptz`;
  return sql`select s.id from school s
      left join lateral (select f.day, f.revision, f.counted_at from school_figures f
        where f.school_id = s.id order by f.day desc limit 1) f on true
    where f.day is null or f.day < ${dayThere(sql.ref('s.time_zone'), moment)}
      or f.counted_at < ${now} - ${COUNTED_AGAIN_AFTER} and (f.revision <> s.revision
        or exists (select from order_delay d where d.school_id = s.id and d.settled_at > f.counted_at))
    order by f.counted_at nulls first limit ${most}`;
}

/**
 * Counts a school: the people of its lists, how many of them have a linked profile, the same by class, and how long
 * orders took.
 */
export async function countSchool(db: Sql, schoolId: string, moment: Moment): Promise<void> {
  const now = sql`${new Date(moment.nowMs)}::timestamptz`;
  await sql`
    with former as (
      -- Of classes the last count alone is of use.
      update school_figures set by_class = null where school_id = ${schoolId} and by_class is not null
        and day < (select ${dayThere(sql.ref('s.time_zone'), moment)} from school s where s.id = ${schoolId})
    )
    insert into school_figures (school_id, day, people, linked, delay_ms, by_class, revision, counted_at)
    select s.id, ${dayThere(sql.ref('s.time_zone'), moment)}, p.people, p.linked,
      (select p95_ms from ${delayFigures(sql`s.id`, sql`${now} - ${DELAYS}`, now)} d),
      (${peopleByClass(schoolId)}), s.revision, ${now}
    from school s, (${peopleOfLists(schoolId)}) p where s.id = ${schoolId}
    on conflict (school_id, day) do update set people = excluded.people, linked = excluded.linked,
      delay_ms = excluded.delay_ms, by_class = excluded.by_class, revision = excluded.revision, counted_at = excluded.counted_at`.execute(
    db,
  );
}

const peopleOfLists = (schoolId: string): RawBuilder<unknown> => sql`
  select count(*)::int as people, count(l.person_id)::int as linked
  from (select distinct m.person_id from chat c join membership m on m.chat_id = c.id and m.school_id = c.school_id
      where c.school_id = ${schoolId} and c.deleted_at is null and c.deleting_since is null) m
    left join profile_link l on l.school_id = ${schoolId} and l.person_id = m.person_id and l.present
      and l.vk_user_id is not null`;

/** Pupils and parents of a class by the grounds of the members of its chats, as `ClassFigures`. */
const peopleByClass = (schoolId: string): RawBuilder<unknown> => sql`
  select coalesce(jsonb_agg(jsonb_build_object('classId', k.class_id, 'people', k.people, 'linked', k.linked)), '[]')
  from (
    select m.class_id, count(*)::int as people, count(l.person_id)::int as linked
    from (select distinct g->>'classId' as class_id, m.person_id
        from chat c join membership m on m.chat_id = c.id cross join jsonb_array_elements(m.grounds) g
        where c.school_id = ${schoolId} and c.type in ('class', 'parents') and c.deleted_at is null
          and c.deleting_since is null and g->>'kind' in ('enrollment', 'guardian')) m
      left join profile_link l on l.school_id = ${schoolId} and l.person_id = m.person_id and l.present
        and l.vk_user_id is not null
    where m.class_id is not null
    group by m.class_id) k`;
