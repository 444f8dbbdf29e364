/** J7: what a plan costs before it runs. */
import type { Estimate } from './model.ts';
import { expectedCalls, type SferumStep } from './steps.ts';

/** The pace of the school's token. Calls are packed into requests of up to `callsPerRequest`. */
export interface RequestPace {
  requestsPerSecond: number;
  callsPerRequest: number;
}

/** Calls of all chats' steps, and whole seconds they take at the pace, requests full. */
export function estimate(stepsOfChats: Iterable<readonly SferumStep[]>, pace: RequestPace): Estimate {
  let apiCalls = 0;
  for (const steps of stepsOfChats) apiCalls += expectedCalls(steps);
  const requests = Math.ceil(apiCalls / pace.callsPerRequest);
  return { apiCalls, seconds: Math.ceil(requests / pace.requestsPerSecond) };
}
