import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/** СГО said something of a lesson: its meeting, if any, is looked at anew, in the same transaction (I8). */
export async function lessonChanged(tx: Sql, schoolId: string, lessonId: string): Promise<void> {
  // -infinity: at once, whatever clock the looker has.
  await sql`update meeting set generation = generation + 1, due_at = '-infinity', queued_at = null, attempts = 0
    where school_id = ${schoolId} and lesson_id = ${lessonId}`.execute(tx);
}

/**
 * Groups came or went: meetings whose calls that ends, or brings back, are looked at anew, in the same transaction.
 * `at`: when that was said (ISO 8601); lessons that were over by then are left alone. Without `groupId`: any group.
 */
export async function groupsChanged(
  tx: Sql,
  { schoolId, groupId, at }: { schoolId: string; groupId?: string; at: string },
): Promise<void> {
  await sql`update meeting m set generation = m.generation + 1, due_at = '-infinity', queued_at = null, attempts = 0
    from lesson l left join subject_group g on g.school_id = l.school_id and g.id = l.subject_group_id and g.present
    where m.school_id = ${schoolId} and l.school_id = m.school_id and l.id = m.lesson_id
      and ${groupId === undefined ? sql`true` : sql`l.subject_group_id = ${groupId}`}
      and case when g.id is null then exists (select from meeting_call c
          where c.school_id = m.school_id and c.lesson_id = m.lesson_id and c.state in ('starting', 'open'))
        else m.due_at is null and m.deleted_at is null and l.present and l.ends_at > ${at}::timestamptz end`.execute(
    tx,
  );
}
