/** Days on which the lists will change by themselves (J5): by signed orders, and by enrollments dated ahead. */
import { sql } from 'kysely';
import type { OrderKind } from '../../src/desired/model.ts';
import type { Sql } from '../../src/store/database.ts';

export interface OrderAhead {
  number: string | null;
  issuedOn: string | null;
  kind: OrderKind;
  students: number;
}

export interface DayAhead {
  day: string;
  /** In force from this day. */
  orders: OrderAhead[];
  /** Pupils whose enrollments in classes and groups begin with this day, or ended with the day before. */
  begin: number;
  end: number;
}

/** At most so many days are listed. Any other day can be asked for. */
const DAYS_SHOWN = 100;

/** The days after `today` on which something changes, the next one first. */
export async function daysAhead(db: Sql, schoolId: string, today: string): Promise<DayAhead[]> {
  const { rows } = await sql<DayAhead>`
    with ordered as (
      select effective_on as day, jsonb_agg(jsonb_build_object('number', number, 'issuedOn', issued_on, 'kind', kind,
        'students', cardinality(student_ids)) order by number, id) as orders
      from roster_order
      where school_id = ${schoolId} and effective_on > ${today}::date and issued_at is not null and cancelled_at is null
      group by effective_on),
    dated as (
      select day, count(distinct student_id) filter (where begins) as begin, count(distinct student_id) filter (where not begins) as end
      from (select begins_on as day, student_id, true as begins from enrollment
          where school_id = ${schoolId} and present and begins_on > ${today}::date
        union all
        select ends_on + 1, student_id, false from enrollment
          where school_id = ${schoolId} and present and ends_on >= ${today}::date) e
      group by day)
    select day::text, coalesce(o.orders, '[]') as orders, coalesce(d.begin, 0)::int as begin, coalesce(d.end, 0)::int as "end"
    from ordered o full join dated d using (day)
    order by day limit ${DAYS_SHOWN}`.execute(db);
  return rows;
}
