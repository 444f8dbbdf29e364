/** J7: what a plan costs before it runs. */
import type { Estimate } from './model.ts';
import { needLook, type SferumStep } from './steps.ts';

const MS_PER_SECOND = 1000;
/**
 * What it takes to plan one action and to write it into lists and journal, before the first request. Measured with the
 * manual's school, of 77,000 actions (docs/scale.md).
 */
const WRITING_US_PER_ACTION = 35;
const US_PER_SECOND = 1_000_000;

/** The pace of the school's token. */
export interface RequestPace {
  /** The distance of two requests. */
  requestMs: number;
  callsPerRequest: number;
  /** Chats that one look confirms. */
  chatsPerLook: number;
}

/**
 * The calls of all steps, and the whole seconds from the approval to the end: the writing of all actions, then the calls
 * in full requests, together with the looks that confirm them. A look belongs to many chats and is no call of any.
 */
export function estimate(
  stepsOfChats: Iterable<readonly SferumStep[]>,
  actions: number,
  pace: RequestPace,
): Estimate {
  let apiCalls = 0;
  let looked = 0;
  for (const steps of stepsOfChats) {
    apiCalls += steps.length;
    if (needLook(steps)) looked += 1;
  }
  const looks = Math.ceil(looked / pace.chatsPerLook);
  const requests = Math.ceil((apiCalls + looks) / pace.callsPerRequest);
  const requestSeconds = Math.ceil((requests * pace.requestMs) / MS_PER_SECOND);
  const writingSeconds = Math.round((actions * WRITING_US_PER_ACTION) / US_PER_SECOND);
  return { apiCalls, seconds: requestSeconds + writingSeconds };
}
