import type { Queues } from '../../jobs/queues.ts';
import { tendLesson } from '../../jobs/tend-lesson.ts';
import type { Context } from '../context.ts';
import { meetingsAreDue, queueDue, takeBack } from '../rows/meeting.ts';

/** A meeting that went to the queue this long ago and is still due was lost there, so it is queued again. */
const LOST_AFTER_MS = 20_000;

function now({ clock }: Context) {
  const at = new Date(clock.now());
  return { at, lostBefore: new Date(at.getTime() - LOST_AFTER_MS) };
}

/** True in SQL where the next look at a meeting is due. */
export const meetingsWait = (ctx: Context) => meetingsAreDue(now(ctx));

/** Makes jobs of the meetings whose next look is due. */
export async function relayMeetings(ctx: Context, queues: Queues): Promise<void> {
  const { at, lostBefore } = now(ctx);
  const atMost = ctx.config.limits.relayBatchChats;
  const due = await queueDue(ctx.db.across('relay'), { at, lostBefore, atMost });
  try {
    await queues.addAll(
      tendLesson,
      due.map(({ schoolId, lessonId, traceparent }) => ({
        payload: { schoolId, lessonId, ...(traceparent === null ? {} : { traceparent }) },
      })),
    );
  } catch (error) {
    await takeBack(ctx.db.across('relay'), due, at);
    throw error;
  }
  // More meetings may be due than one round takes.
  if (due.length === atMost) ctx.wake('meetings');
}
