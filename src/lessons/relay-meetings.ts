import { sql } from 'kysely';
import type { Queues } from '../../jobs/queues.ts';
import { tendLesson } from '../../jobs/tend-lesson.ts';
import type { Context } from '../context.ts';

/** A meeting given to the queue so long ago and still due was lost by it, and is given again. */
const LOST_AFTER_MS = 20_000;

/** From the rows to the queue: meetings whose next look is due become jobs. */
export async function relayMeetings(ctx: Context, queues: Queues): Promise<void> {
  const at = new Date(ctx.clock.now());
  const lostBefore = new Date(at.getTime() - LOST_AFTER_MS);
  const { rows } = await sql<{ schoolId: string; lessonId: string }>`
    update meeting set queued_at = ${at}
    where (school_id, lesson_id) in (select school_id, lesson_id from meeting
        where due_at <= ${at} and (queued_at is null or queued_at <= ${lostBefore})
        order by due_at limit ${ctx.config.limits.relayBatchChats})
      and (queued_at is null or queued_at <= ${lostBefore})
    returning school_id as "schoolId", lesson_id as "lessonId"`.execute(ctx.db.across('relay'));
  try {
    await queues.addAll(
      tendLesson,
      rows.map((payload) => ({ payload })),
    );
  } catch (error) {
    const ids = JSON.stringify(rows);
    await sql`update meeting set queued_at = null where queued_at = ${at} and (school_id, lesson_id) in
      (select "schoolId", "lessonId" from jsonb_to_recordset(${ids}::jsonb) as r("schoolId" text, "lessonId" text))`.execute(
      ctx.db.across('relay'),
    );
    throw error;
  }
  // More may be due than one round takes.
  if (rows.length === ctx.config.limits.relayBatchChats) ctx.wake('meetings');
}
