import { sql } from 'kysely';
import { BY_IMPORT } from '../facts/stamp.ts';
import type { Sql } from '../store/database.ts';

/**
 * The cancellation of a withdrawal brings back what the order ended (D6). That includes the pupil, the parents and
 * their links where a roster taken while the order stood left them out because of it.
 * Only that absence is forgotten. What was said of these people keeps its stamp, so every other word counts, whenever
 * it arrives. A person who was removed by an event of their own stays removed.
 * Enrollments are judged by the core (src/desired/orders.ts). Safe to repeat.
 * @returns the people who are back
 */
export async function reviveCancelled(tx: Sql, schoolId: string): Promise<string[]> {
  const { rows: explained } = await sql<{ student: string; issued: string; cancelled: string }>`
    select student, issued_at as issued, cancelled_at as cancelled
    from roster_order cross join unnest(student_ids) as student
    where school_id = ${schoolId} and kind = 'withdrawal' and issued_at is not null and cancelled_at is not null`.execute(
    tx,
  );
  if (explained.length === 0) return [];
  const orders = sql`jsonb_to_recordset(${JSON.stringify(explained)}::jsonb)
    as o(student text, issued timestamptz, cancelled timestamptz)`;
  const leftOut = sql`not t.present and t.stated_at is not null and t.gone_by like any(${BY_IMPORT})
    and t.gone_at > o.issued and t.gone_at < o.cancelled`;
  await sql`
    update guardian t set gone_at = null, gone_by = null from ${orders}
    where t.school_id = ${schoolId} and t.student_id = o.student and ${leftOut}`.execute(tx);
  const { rows } = await sql<{ id: string }>`
    update person t set gone_at = null, gone_by = null from ${orders}
    where t.school_id = ${schoolId} and ${leftOut} and (t.id = o.student or exists (select from guardian g
      where g.school_id = t.school_id and g.guardian_id = t.id and g.student_id = o.student and g.present))
    returning t.id`.execute(tx);
  return rows.map((r) => r.id);
}
