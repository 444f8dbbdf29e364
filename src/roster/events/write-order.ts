import { sql } from 'kysely';
import type { OrderItem, Stamp } from '../../desired/model.ts';
import type { Sql } from '../../store/database.ts';
import type { RosterEvent } from './event.ts';

type Issued = Extract<RosterEvent, { type: 'sgo.order.issued' }>['data'];

/**
 * Stores an order. Where it was stated several times, the greatest stamp wins. Gives what the order said before, if it
 * is known.
 */
export async function issueOrder(
  tx: Sql,
  schoolId: string,
  order: Issued,
  stamp: Stamp,
): Promise<OrderItem[]> {
  const before = await itemsOf(tx, schoolId, order.id);
  const students = [...new Set(order.items.map((item) => item.studentId))];
  await sql`
    insert into roster_order as t (school_id, id, number, issued_on, kind, effective_on, items, student_ids,
      issued_at, issued_by)
    values (${schoolId}, ${order.id}, ${order.number}, ${order.issuedOn}, ${order.kind}, ${order.effectiveOn},
      ${JSON.stringify(order.items)}::jsonb, ${students}::text[], ${stamp.at}::timestamptz, ${stamp.by})
    on conflict (school_id, id) do update set number = excluded.number, issued_on = excluded.issued_on,
      kind = excluded.kind, effective_on = excluded.effective_on, items = excluded.items,
      student_ids = excluded.student_ids, issued_at = excluded.issued_at, issued_by = excluded.issued_by
    where t.issued_at is null or (t.issued_at, t.issued_by) < (excluded.issued_at, excluded.issued_by)`.execute(
    tx,
  );
  return before;
}

/**
 * Cancels an order for good. Its number is not given again, and the cancellation may arrive before the order. Gives
 * what the order said, if it is known.
 */
export async function cancelOrder(tx: Sql, schoolId: string, id: string, stamp: Stamp): Promise<OrderItem[]> {
  await sql`
    insert into roster_order as t (school_id, id, cancelled_at, cancelled_by)
    values (${schoolId}, ${id}, ${stamp.at}::timestamptz, ${stamp.by})
    on conflict (school_id, id) do update
      set cancelled_at = excluded.cancelled_at, cancelled_by = excluded.cancelled_by
    where t.cancelled_at is null
      or (t.cancelled_at, t.cancelled_by) < (excluded.cancelled_at, excluded.cancelled_by)`.execute(tx);
  return itemsOf(tx, schoolId, id);
}

async function itemsOf(tx: Sql, schoolId: string, id: string): Promise<OrderItem[]> {
  const order = await tx
    .selectFrom('roster_order')
    .select('items')
    .where('school_id', '=', schoolId)
    .where('id', '=', id)
    .executeTakeFirst();
  return order?.items ?? [];
}

/**
 * Gives those of the pupils whom an order, in force or to come, takes out of the school. Only for them a statement
 * about one place can change the others, because it may say that the pupil has not left (D6).
 */
export async function pupilsWhoLeave(tx: Sql, schoolId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct student_id as id from order_place
    where school_id = ${schoolId} and student_id = any(${[...ids]}::text[])
      and unit = 'school' and cancelled_at is null`.execute(tx);
  return rows.map((row) => row.id);
}
