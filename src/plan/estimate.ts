/** J7: what a plan costs before it runs. */
import type { Estimate } from './model.ts';
import { expectedCalls, type SferumStep } from './steps.ts';

/** The pace of the school's token. A request carries up to `callsPerRequest` calls. */
export interface RequestPace {
  requestsPerSecond: number;
  callsPerRequest: number;
}

/** The calls of all steps, and the whole seconds that they take at this pace if every request is full. */
export function estimate(stepsOfChats: Iterable<readonly SferumStep[]>, pace: RequestPace): Estimate {
  let apiCalls = 0;
  for (const steps of stepsOfChats) apiCalls += expectedCalls(steps);
  const requests = Math.ceil(apiCalls / pace.callsPerRequest);
  return { apiCalls, seconds: Math.ceil(requests / pace.requestsPerSecond) };
}
