import { tidyUp as contract } from '../jobs/tidy-up.ts';
import { tidyUp } from '../src/ending/tidy-up.ts';
import { handlerOf } from './run-job.ts';

export const tidyUpHandler = handlerOf(contract, (ctx, _payload, signal) => tidyUp(ctx, signal));
