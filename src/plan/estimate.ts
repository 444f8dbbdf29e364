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

/** The calls of all steps and of the looks that confirm them, and the whole seconds that they take in full requests. */
export function estimate(stepsOfChats: Iterable<readonly SferumStep[]>, pace: RequestPace): Estimate {
  let steps = 0;
  let looked = 0;
  for (const own of stepsOfChats) {
    steps += own.length;
    if (needLook(own)) looked += 1;
  }
  const apiCalls = steps + Math.ceil(looked / pace.chatsPerLook);
  const requests = Math.ceil(apiCalls / pace.callsPerRequest);
  return { apiCalls, seconds: Math.ceil((requests * pace.requestMs) / MS_PER_SECOND) };
}
