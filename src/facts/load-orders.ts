import { type RawBuilder, sql } from 'kysely';
import type { Day, OrderFact, OrderItem, OrderKind } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import { sure } from '../sure.ts';
import type { FactPart } from './fact-part.ts';
import { stampReader } from './stamp-reader.ts';

/** Which orders are asked for. */
interface AskedOrders {
  /** Left out: the orders of everybody. */
  of?: { pupils: readonly string[] } | { part: FactPart } | undefined;
  /** Only those that can decide something on this day. Left out: on any day, which takes all. */
  day?: Day | undefined;
}

/** Loads orders of one school. Where only some pupils are asked about, each order says only what concerns them. */
export async function loadOrders(db: Sql, schoolId: string, { of, day }: AskedOrders): Promise<OrderFact[]> {
  const named = placesNamed(schoolId, of);
  const { rows } = await sql<{
    id: string;
    number: string | null;
    issued_on: string | null;
    kind: OrderKind;
    effective_on: string;
    items: OrderItem[];
    issued_at: string;
    issued_by: string;
    cancelled_at: string | null;
    cancelled_by: string | null;
  }>`with named as materialized (
      select * from (${named}) p ${day === undefined ? sql`` : sql`where effective_on <= ${day}::date`}),
    asked as materialized (
      select order_id, array_agg(distinct student_id) as pupils
      from (${day === undefined ? sql`select order_id, student_id from named` : deciding(schoolId, of)}) one group by order_id
    )
    select o.id, o.number, o.issued_on, o.kind, o.effective_on, o.issued_at, o.issued_by, o.cancelled_at, o.cancelled_by,
      ${
        of
          ? sql`(select jsonb_agg(i order by n) from jsonb_array_elements(o.items) with ordinality x(i, n)
        where i->>'studentId' = any(asked.pupils))`
          : sql`o.items`
      } as items
    from asked join roster_order o on o.school_id = ${schoolId} and o.id = asked.order_id`.execute(db);
  const stamp = stampReader();
  return rows.map((r) => ({
    id: r.id,
    number: r.number,
    issuedOn: r.issued_on,
    kind: r.kind,
    effectiveOn: r.effective_on,
    items: r.items,
    issued: sure(stamp(r.issued_at, r.issued_by)),
    cancelled: stamp(r.cancelled_at, r.cancelled_by),
  }));
}

/**
 * Gives in SQL the rows of order_place `p` that are asked for. A part needs what orders say of its units and of the
 * classes of its groups, because a group is left with its class. It also needs what they say of people who leave the
 * school.
 */
function placesNamed(schoolId: string, of: AskedOrders['of']): RawBuilder<unknown> {
  const rows = (joined: RawBuilder<unknown>) => sql`
    select p.student_id, p.unit, p.unit_id, p.enters, p.order_id, p.effective_on, p.issued_at, p.cancelled_at
    from ${joined} where p.school_id = ${schoolId} and p.issued_at is not null`;
  if (of === undefined) return rows(sql`order_place p`);
  const those = (ids: readonly string[]) => sql`and p.student_id = any(${[...ids]})`;
  if ('pupils' in of) return sql`${rows(sql`order_place p`)} ${those(of.pupils)}`;
  const groupIds = sql`${[...of.part.groupIds]}::text[]`;
  const units = sql`(
      select 'class' as unit, unnest(${[...of.part.classIds]}::text[]) as unit_id
      union select 'class', class_id from subject_group where school_id = ${schoolId} and id = any(${groupIds})
      union select 'group', unnest(${groupIds})) u`;
  return sql`${rows(sql`${units} join order_place p on p.unit = u.unit and p.unit_id = u.unit_id`)}
    union all ${rows(sql`order_place p`)} and p.unit = 'school' and p.unit_id = '' ${those(of.part.everyoneIds)}`;
}

/**
 * Gives in SQL the orders of `named` that can decide anything, each with its pupil, so that the cost follows the places
 * of today and not all that was ever ordered. Why the others cannot matter (the rules stand at the head of
 * desired/orders.ts):
 *
 * - An order of a later day is not in force (rule 2), and is not in `named`.
 * - Of the orders in force that put a pupil into a place, the last one is kept, and of those that take the pupil out of
 *   a class, out of a group that they list, or out of the school, the last one of each. Whatever order touches a place
 *   last is the last of its own sort: a later one of that sort would touch the place too. So the order that decides a
 *   place (rule 3) is kept, and so is what put the pupil there before it was left, because only a place that is there
 *   is left. A group that ever had a pupil keeps the order that says so (D5). A departure from the school ends with a
 *   later entry, and the last entry into each place is kept.
 * - The first order that put the pupil into a place is kept too where no list ever said that the pupil was there: only
 *   then does it matter for a void absence whether an order had given the place before (rule 6).
 * - A cancelled order only makes void what began while it stood and was not said since (rule 6). It is kept where a
 *   statement about the pupil is of that time. For a part only statements about its units count, because no others are
 *   loaded; of pupils who may have left the school all orders are loaded beside it (load-facts.ts).
 *
 * Orders of one day are kept or left together, so that no stamps need be compared. Test: orders-deciding.test.ts.
 */
function deciding(schoolId: string, of: AskedOrders['of']): RawBuilder<unknown> {
  return sql`select order_id, student_id from (
      select *, max(effective_on) over place as last, min(effective_on) over place as first
      from named where cancelled_at is null window place as (partition by student_id, unit, unit_id, enters)
    ) ranked where effective_on = last or enters and effective_on = first
      and exists (select from enrollment e where e.school_id = ${schoolId} and e.unit = ranked.unit
        and e.unit_id = ranked.unit_id and e.student_id = ranked.student_id and e.stated_at is null)
    union all select n.order_id, n.student_id from named n
    where n.cancelled_at is not null and exists (select from ${statements(schoolId, of)} e
      where e.student_id = n.student_id
        and (e.gone_from_at >= n.issued_at and e.gone_at <= n.cancelled_at
          or e.stated_from_at >= n.issued_at and e.stated_at <= n.cancelled_at))`;
}

/**
 * Gives in SQL the statements that a cancelled order may make void. Those about a part's units are gathered once. Asked
 * for pupil by pupil, their cost would grow with all that was ever cancelled.
 */
function statements(schoolId: string, of: AskedOrders['of']): RawBuilder<unknown> {
  const rows = (where: RawBuilder<unknown>) => sql`
    select student_id, stated_at, gone_at, coalesce(stated_from_at, stated_at) as stated_from_at,
      coalesce(gone_from_at, gone_at) as gone_from_at
    from enrollment where school_id = ${schoolId} ${where}`;
  if (of === undefined || 'pupils' in of) return sql`(${rows(sql``)})`;
  const { classIds, groupIds } = of.part;
  return sql`(${rows(sql`and unit = 'class' and unit_id = any(${[...classIds]}::text[])`)}
    union all ${rows(sql`and unit = 'group' and unit_id = any(${[...groupIds]}::text[])`)} offset 0)`;
}
