import { z } from 'zod';
import { Traceparent } from './carried-trace.ts';
import { type JobContract, KEEP_FAILED } from './contract.ts';

const payload = z.strictObject({
  schoolId: z.string().min(1),
  lessonId: z.string().min(1),
  traceparent: Traceparent.optional(),
});

/** Starts, moves or ends the call of one lesson's meeting, as its rows and the clock say (I8). */
export const tendLesson: JobContract<z.infer<typeof payload>> = {
  name: 'tend-lesson',
  // However much other work there is, it holds up no lesson that begins.
  queue: 'lessons',
  payload,
  // A dead worker may still hold a job. The lesson's next job does not wait for it, and the rows keep the two apart.
  dedupeId: null,
  // Expected trouble ends in the meeting's row and is tried again from there.
  options: { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, ...KEEP_FAILED },
};
