import { runOperation as contract } from '../jobs/run-operation.ts';
import { runOperation } from '../src/operations/run-operation.ts';
import { handlerOf } from './run-job.ts';

export const runOperationHandler = handlerOf(contract, (ctx, payload, signal) =>
  runOperation(ctx, payload, signal),
);
