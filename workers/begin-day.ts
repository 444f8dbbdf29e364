import { beginDay as contract } from '../jobs/begin-day.ts';
import { beginDay } from '../src/follow/begin-day.ts';
import { handlerOf } from './run-job.ts';

export const beginDayHandler = handlerOf(contract, (ctx, { schoolId }) => beginDay(ctx, schoolId));
