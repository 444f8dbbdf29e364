import { z } from 'zod';
import { type JobContract, KEEP_FAILED } from './contract.ts';

const payload = z.strictObject({ schoolId: z.string().min(1), lessonId: z.string().min(1) });

/** Starts, moves or ends the call of one lesson's meeting, as its rows and the clock say (I8). */
export const tendLesson: JobContract<z.infer<typeof payload>> = {
  name: 'tend-lesson',
  // Of their own: no amount of other work holds up a lesson that begins.
  queue: 'lessons',
  payload,
  // A job that a dead worker still holds must not hold up the next one of its lesson; the rows keep them apart.
  dedupeId: null,
  // Expected trouble ends in the meeting's row and is tried again from there.
  options: { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, ...KEEP_FAILED },
};
