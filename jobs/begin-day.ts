import { z } from 'zod';
import { type JobContract, KEEP_FAILED } from './contract.ts';

const payload = z.strictObject({ schoolId: z.string().min(1) });

/** Makes a school follow the facts that waited for its new day (D6). */
export const beginDay: JobContract<z.infer<typeof payload>> = {
  name: 'begin-day',
  queue: 'operations',
  payload,
  dedupeId: ({ schoolId }) => `day-${Buffer.from(schoolId).toString('hex')}`,
  // While the school still has its old day, the sweep gives the job out again.
  options: { attempts: 1, ...KEEP_FAILED },
};
