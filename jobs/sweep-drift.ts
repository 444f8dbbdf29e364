import { z } from 'zod';
import { type JobContract, KEEP_FINISHED } from './contract.ts';

const payload = z.strictObject({ schoolId: z.string().min(1) });

/** Observes those live chats of a school that nobody has looked at for long, and mends what differs (D8). */
export const sweepDrift: JobContract<z.infer<typeof payload>> = {
  name: 'sweep-drift',
  queue: 'operations',
  payload,
  dedupeId: ({ schoolId }) => `drift-${Buffer.from(schoolId).toString('hex')}`,
  // A failed look is not repeated, because the next look finds the same.
  options: { attempts: 1, ...KEEP_FINISHED },
};
