import { z } from 'zod';
import { Traceparent } from './carried-trace.ts';
import { type JobContract, KEEP_FINISHED } from './contract.ts';

const payload = z.strictObject({
  /** Null: an import that has not been read yet. */
  schoolId: z.string().nullable(),
  operationId: z.uuid(),
  traceparent: Traceparent.optional(),
});
type RunOperationPayload = z.infer<typeof payload>;

/** Carries an operation (roster import, initialisation …) as far as it can go now. Its row says which and how far. */
export const runOperation: JobContract<RunOperationPayload> = {
  name: 'run-operation',
  queue: 'operations',
  payload,
  dedupeId: ({ operationId }) => `operation-${operationId}`,
  options: { attempts: 5, backoff: { type: 'exponential', delay: 1000 }, ...KEEP_FINISHED },
};
