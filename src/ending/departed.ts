import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/** Enough to be quick, few enough for one transaction that holds the school. */
const PEOPLE_AT_ONCE = 200;

/**
 * Who has departed before that instant and is in no chat any more, at most so many: whom the roster has as gone; pupils
 * whose last order is a withdrawal, and parents without a child left, where no list has named them since. The order's
 * cancellation within the term finds them as they were.
 */
export async function departedBefore(tx: Sql, schoolId: string, before: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with own as (select p.* from person p where p.school_id = ${schoolId}
      and (not p.present and p.gone_at < ${before} or p.present and p.stated_at < ${before})),
    gone as (select id from own where not present),
    withdrawn as (
      select p.id from own p join lateral (
        select o.kind, o.issued_at, o.effective_on from roster_order o
        where o.school_id = ${schoolId} and o.student_ids @> array[p.id] and o.issued_at is not null
          and not coalesce(o.cancelled_at is not null, false)
        order by o.effective_on desc, o.issued_at desc, o.issued_by desc limit 1) o on true
      where p.present and p.roles = '{student}' and o.kind = 'withdrawal'
        and greatest(o.issued_at, o.effective_on::timestamptz) < ${before}
        and not exists (select from enrollment e where e.school_id = ${schoolId} and e.student_id = p.id
          and e.present and e.stated_at > o.issued_at)),
    away as (select id from gone union select id from withdrawn),
    childless as (
      select p.id from own p where p.present and p.roles = '{parent}'
        and not exists (select from guardian g where g.school_id = ${schoolId} and g.guardian_id = p.id
          and (g.present or g.gone_at >= ${before}) and g.student_id not in (select id from away)))
    select a.id from (select id from away union select id from childless) a
    where not exists (select from membership m where m.school_id = ${schoolId} and m.person_id = a.id)
    order by a.id limit ${PEOPLE_AT_ONCE}`.execute(tx);
  return rows.map((row) => row.id);
}
