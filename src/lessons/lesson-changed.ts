import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/** СГО said something of a lesson: its meeting, if any, is looked at anew, in the same transaction (I8). */
export async function lessonChanged(tx: Sql, schoolId: string, lessonId: string): Promise<void> {
  // -infinity: at once, whatever clock the looker has.
  await sql`update meeting set generation = generation + 1, due_at = '-infinity', queued_at = null, attempts = 0
    where school_id = ${schoolId} and lesson_id = ${lessonId}`.execute(tx);
}
