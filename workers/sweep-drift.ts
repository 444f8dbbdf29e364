import { sweepDrift as contract } from '../jobs/sweep-drift.ts';
import { sweepDrift } from '../src/live/drift.ts';
import { handlerOf } from './run-job.ts';

export const sweepDriftHandler = handlerOf(contract, (ctx, { schoolId }, signal) =>
  sweepDrift(ctx, schoolId, signal),
);
