/** J7: what a plan costs before it runs. */
import type { Estimate } from './model.ts';
import { needLook, type SferumStep } from './steps.ts';

const MS_PER_SECOND = 1000;

/** The pace of the school's token. */
export interface RequestPace {
  /** The distance of two requests. */
  requestMs: number;
  callsPerRequest: number;
  /** Chats that one look confirms. */
  chatsPerLook: number;
}

/**
 * The calls of all steps, and the whole seconds that they take in full requests, together with the looks that confirm
 * them. A look belongs to many chats and is no call of any.
 */
export function estimate(stepsOfChats: Iterable<readonly SferumStep[]>, pace: RequestPace): Estimate {
  let apiCalls = 0;
  let looked = 0;
  for (const steps of stepsOfChats) {
    apiCalls += steps.length;
    if (needLook(steps)) looked += 1;
  }
  const looks = Math.ceil(looked / pace.chatsPerLook);
  const requests = Math.ceil((apiCalls + looks) / pace.callsPerRequest);
  return { apiCalls, seconds: Math.ceil((requests * pace.requestMs) / MS_PER_SECOND) };
}
