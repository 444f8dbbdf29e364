import { type RawBuilder, sql } from 'kysely';
import { BY_IMPORT } from '../facts/stamp.ts';
import type { Sql } from '../store/database.ts';

/**
 * The people who may have to come back: people of whom something was said, or everybody whom a roster of that time left
 * out.
 */
type MayReturn = { peopleIds: readonly string[] } | { leftOutAt: string };

/**
 * Brings back what a withdrawal has ended, once the withdrawal is cancelled (D6). That includes the pupil, the parents
 * and their links, where a roster taken while the order stood left them out because of it.
 * Only that absence is forgotten. What was said of these people keeps its stamp, so every other statement counts,
 * whenever it arrives. A person who was removed by an event of their own stays removed.
 * Enrollments are judged by the core (src/desired/orders.ts). Safe to repeat.
 *
 * Nobody else can be due: an older absence, order or cancellation was looked at when it arrived.
 * @returns the people who are back
 */
export async function reviveCancelled(tx: Sql, schoolId: string, who: MayReturn): Promise<string[]> {
  const { rows: explained } = await sql<{ student: string; issued: string; cancelled: string }>`
    select distinct student_id as student, issued_at as issued, cancelled_at as cancelled from order_place o
    where school_id = ${schoolId} and not enters and issued_at is not null and cancelled_at is not null
      and ${isAbout(schoolId, who)}
      and exists (select from roster_order w where w.school_id = o.school_id and w.id = o.order_id and w.kind = 'withdrawal')`.execute(
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
    with o as materialized (
      select student as id, issued, cancelled from ${orders}
      union select g.guardian_id, o.issued, o.cancelled
        from ${orders} join guardian g on g.school_id = ${schoolId} and g.student_id = o.student and g.present
    )
    update person t set gone_at = null, gone_by = null from o
    where t.school_id = ${schoolId} and t.id = o.id and ${leftOut}
    returning t.id`.execute(tx);
  return rows.map((r) => r.id);
}

/**
 * Leaves out again whom the newest whole roster lacks, of those whom a cancelled order named before it was issued anew.
 * They may have been brought back because of what it said then. `reviveCancelled` follows, and brings back whom it says
 * now. After a roster that could not be read in full nobody is left out, because it says nothing of some people.
 * @returns the people who are out
 */
export async function leaveOutAgain(
  tx: Sql,
  schoolId: string,
  orderId: string,
  studentIds: readonly string[],
): Promise<string[]> {
  if (studentIds.length === 0) return [];
  const { rows: newest } = await sql<{ at: string; by: string }>`
    select roster_taken_at as at, roster_by as by from school s where id = ${schoolId} and roster_digest is not null
      and exists (select from roster_order o where o.school_id = s.id and o.id = ${orderId} and o.cancelled_at is not null)`.execute(
    tx,
  );
  const [roster] = newest;
  if (!roster) return [];
  const students = sql`${[...studentIds]}::text[]`;
  const isLeftOut = sql`t.school_id = ${schoolId} and t.present and t.stated_at < ${roster.at}::timestamptz`;
  const left = sql`gone_at = ${roster.at}::timestamptz, gone_by = ${roster.by}`;
  await sql`update guardian t set ${left} where ${isLeftOut} and t.student_id = any(${students})`.execute(tx);
  const { rows } = await sql<{ id: string }>`
    update person t set ${left} where ${isLeftOut} and (t.id = any(${students})
      or t.id in (select guardian_id from guardian where school_id = ${schoolId} and student_id = any(${students})))
    returning t.id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** True in SQL where the order may bring somebody back. It voids an absence only if it was cancelled after that. */
function isAbout(schoolId: string, who: MayReturn): RawBuilder<boolean> {
  if ('leftOutAt' in who) return sql`cancelled_at > ${who.leftOutAt}::timestamptz`;
  const people = sql`${[...who.peopleIds]}::text[]`;
  return sql`student_id = any(array(select unnest(${people}) union
    select student_id from guardian where school_id = ${schoolId} and guardian_id = any(${people})))`;
}
