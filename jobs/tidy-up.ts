import { z } from 'zod';
import { type JobContract, KEEP_FAILED } from './contract.ts';

const payload = z.strictObject({});

/** Once a day: makes the next months of the tables by month, and deletes what has passed its term (K6). */
export const tidyUp: JobContract<z.infer<typeof payload>> = {
  name: 'tidy-up',
  queue: 'operations',
  payload,
  dedupeId: () => 'tidy-up',
  // While the day is not noted as tidied, the sweep gives the job out again.
  options: { attempts: 1, ...KEEP_FAILED },
};
