import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../context.ts';
import { whoIsHere } from '../facts/who-is-here.ts';
import type { Sql } from '../store/database.ts';
import { beginningOf, momentOf, timeOf } from '../store/school-day.ts';

interface Departed {
  id: string;
  /** When the roster last said so. Statements from before this time do not count any more. */
  at: Date;
  /** True where the person is still in a chat's list, for example because the removal is held (F4). */
  listed: boolean;
}

/**
 * Returns the people who departed before that instant and about whom nothing was stated since. The rules of membership
 * decide that a person is gone (D6). This function finds the time of it: when the roster lost the person, for a pupil
 * also the order of withdrawal, and for a parent the departure of the last child. A person whom a later order enrolls
 * is about to return, and so is left out.
 */
export async function departedBefore(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  before: Date,
): Promise<Departed[]> {
  const moment = momentOf(ctx);
  const { timeZone } = await timeOf(tx, schoolId, moment);
  const beginning = beginningOf(sql.ref('o.effective_on'), timeZone);
  const { rows } = await sql<{ id: string; at: string; listed: boolean }>`
    select p.id, d.at, exists (select from membership m where m.school_id = ${schoolId} and m.person_id = p.id) as listed
    from person p
    left join lateral ${withdrawal(schoolId, 'p', beginning)} on p.present and 'student' = any(p.roles)
    left join lateral (
      select max(case when not g.present then g.gone_at when c.id is null then g.stated_at
        when not c.present then c.gone_at else w.at end) as at,
        max(case when not g.present then ${goneSince('g')} when c.id is null then g.stated_at
          when not c.present then ${goneSince('c')} else w.at end) as since,
        bool_or(g.present and c.present and w.at is null) as child_is_here
      from guardian g left join person c on c.school_id = g.school_id and c.id = g.student_id
      left join lateral ${withdrawal(schoolId, 'c', beginning)} on c.present
      where g.school_id = ${schoolId} and g.guardian_id = p.id) l on p.present and 'parent' = any(p.roles)
    cross join lateral (select case when p.present then greatest(p.stated_at, w.at, l.at) else p.gone_at end as at,
      case when p.present then greatest(p.stated_at, w.at, l.since) else ${goneSince('p')} end as since) d
    where p.school_id = ${schoolId} and d.since < ${before}
      and (not p.present or p.stated_at < ${before} and p.roles <> '{}' and p.roles <@ '{student,parent}'
        and ('student' <> all(p.roles) or w.at is not null) and l.child_is_here is not true)
      and not exists (select from order_place n join roster_order o on o.school_id = n.school_id and o.id = n.order_id
        where n.school_id = ${schoolId} and n.student_id = p.id
        and o.issued_at is not null and o.cancelled_at is null and o.kind <> 'withdrawal'
        and greatest(o.issued_at, ${beginning}) >= ${before})
    order by p.id`.execute(tx);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const here = await whoIsHere(tx, schoolId, ids, moment);
  return rows
    .filter(({ id }) => !here.get(id)?.isHere)
    .map(({ id, at, listed }) => ({ id, at: new Date(at), listed }));
}

/** Gives in SQL since when a row has been gone without a break. Each list that lacks it says so anew. */
const goneSince = (row: 'p' | 'c' | 'g') =>
  sql`coalesce(${sql.ref(`${row}.gone_from_at`)}, ${sql.ref(`${row}.gone_at`)})`;

/**
 * Gives in SQL when the newest valid order of withdrawal takes the person out of the school, and nothing without one.
 */
const withdrawal = (schoolId: string, person: 'p' | 'c', beginning: RawBuilder<unknown>) => sql`(
  select max(greatest(o.issued_at, ${beginning})) as at from order_place o
  where o.school_id = ${schoolId} and o.student_id = ${sql.ref(`${person}.id`)} and o.unit = 'school'
    and o.issued_at is not null and o.cancelled_at is null) w`;
