/**
 * Decides what a lesson's distance meeting must do next. Pure: rows and an instant in, one step out. The caller
 * carries the step out, records it and asks again, so a lost, repeated or late job does no harm (I8).
 *
 * Every request to start a call has one row, in one of these states:
 *
 *   (none) ── intent committed ──► starting ── answered ──► open ── let go ──► ending ── confirmed ──► ended
 *      ▲                             │  │                                        ▲  └── cannot be ended ──► lost
 *      └──────── it never ran ───────┘  └── reply lost, or nobody answers ──► lost ── answered after all ──┘
 *
 * An end that Sferum refuses or does not answer is asked for again, more and more rarely, for a week.
 *
 * VK can neither list calls nor tell two requests apart. So a call whose start was not answered is not looked for. It
 * becomes `lost` and is reported, and another takes its place. Nobody can enter it, because its link was shown to
 * nobody.
 * At most one call of a lesson is `starting` or `open`, which an index of the table enforces. So only one link is
 * ever shown.
 * A call belongs to one group and one start. A lesson that is given to another group, or put off while it runs, gets
 * another call.
 */
import { entryOpensAtMs, type LessonTimes } from './lesson.ts';

/**
 * A call is made this long before people may enter, because VK's pace makes 500 lessons of one minute take seconds.
 */
export const CALL_AHEAD_MS = 2 * 60_000;
/** A request that is not sent within this time of its intent is never sent. */
export const START_DEADLINE_MS = 15_000;
/** A request that was sent is answered, or given up by the client, within the client's time-out and this time. */
export const START_SETTLE_MS = 5_000;

/** An end is asked for again after a second, then twice as long each time, up to this pause. */
const END_AGAIN_MS = 30_000;
/** After so many tries in vain, about ten minutes, the pause goes on doubling up to the longest. */
export const END_TRIES_UNTIL_RARE = 20;
const END_LONGEST_PAUSE_MS = 60 * 60_000;
/** A call that was started longer ago is over, whatever Sferum says. */
const END_TRIED_FOR_MS = 7 * 24 * 60 * 60_000;

export interface CallRow {
  id: string;
  state: 'starting' | 'open' | 'ending';
  /** When the intent was committed. */
  startedAtMs: number;
  /** The group and the start of the lesson for which the call was made. */
  groupId: string;
  lessonStartsAtMs: number;
  /** How often the end was asked for in vain. */
  endTries: number;
  /** When the end was last asked for in vain; null where it never was. */
  endTriedAtMs: number | null;
}

export interface MeetingState {
  lesson: LessonTimes & {
    groupId: string;
    /** False: the lesson is cancelled in СГО, or its group is gone. */
    isHeld: boolean;
  };
  /** True: somebody made the meeting, and nobody has deleted it since. */
  isAsked: boolean;
  earlyEntryMinutes: number;
  /** How long the client waits for an answer. */
  requestTimeoutMs: number;
  /** The calls that are not ended or lost yet. */
  calls: readonly CallRow[];
}

export type Step =
  | { do: 'start' }
  /** The call's reply will not come any more. */
  | { do: 'give-up'; callId: string }
  /** The call's link is not shown from now on. */
  | { do: 'let-go'; callId: string }
  | { do: 'end'; callId: string }
  /** The call's end was asked for long enough. */
  | { do: 'leave'; callId: string }
  /** `untilMs` null means until something about the meeting or its lesson changes. */
  | { do: 'rest'; untilMs: number | null };

/**
 * Whether a call must be there, may stay if it is there (early entry was longer when it was made), or must not be.
 */
type Need = 'must' | 'may' | 'must-not';

/** Decides whether a call must be there now. */
export function needOf(meeting: MeetingState, nowMs: number): Need {
  const { lesson, isAsked } = meeting;
  if (!isAsked || !lesson.isHeld || nowMs >= lesson.endsAtMs) return 'must-not';
  return nowMs >= callDueAtMs(meeting) ? 'must' : 'may';
}

/** Starting comes before ending, because people wait for a new call and nobody waits for the end of an old one. */
export function nextStep(meeting: MeetingState, nowMs: number): Step {
  const { calls, requestTimeoutMs } = meeting;
  const need = needOf(meeting, nowMs);
  const shown = calls.find(({ state }) => state !== 'ending');
  if (shown?.state === 'starting' && nowMs >= quietAtMs(shown.startedAtMs, requestTimeoutMs))
    return { do: 'give-up', callId: shown.id };
  if (shown?.state === 'open' && (need === 'must-not' || isOfAnother(meeting, shown, nowMs)))
    return { do: 'let-go', callId: shown.id };
  if (!shown && need === 'must') return { do: 'start' };
  const ending = calls.filter(({ state }) => state === 'ending');
  const over = ending.find(({ startedAtMs }) => nowMs >= startedAtMs + END_TRIED_FOR_MS);
  if (over) return { do: 'leave', callId: over.id };
  const due = ending.find((call) => nowMs >= endAgainAtMs(call, nowMs));
  if (due) return { do: 'end', callId: due.id };
  return {
    do: 'rest',
    untilMs: earliest([lookAtMs(meeting, shown, need), ...ending.map((call) => endAgainAtMs(call, nowMs))]),
  };
}

/** Gives when the call that is shown, or is to be, is looked at again; null where only a change matters. */
function lookAtMs(meeting: MeetingState, shown: CallRow | undefined, need: Need): number | null {
  if (shown?.state === 'starting') return quietAtMs(shown.startedAtMs, meeting.requestTimeoutMs);
  if (need === 'must-not') return null;
  return shown ? meeting.lesson.endsAtMs : callDueAtMs(meeting);
}

/**
 * Whether a call was made for another group, whose pupils have its link, or for an earlier start, before which nobody
 * may enter now.
 */
function isOfAnother({ lesson, earlyEntryMinutes }: MeetingState, call: CallRow, nowMs: number): boolean {
  if (call.groupId !== lesson.groupId) return true;
  return call.lessonStartsAtMs < lesson.startsAtMs && nowMs < entryOpensAtMs(lesson, earlyEntryMinutes);
}

/**
 * Gives when the end is asked for again. A try that lies in the future was noted by a clock that was ahead, so it
 * does not count.
 */
function endAgainAtMs({ endTries, endTriedAtMs }: CallRow, nowMs: number): number {
  if (endTriedAtMs === null || endTriedAtMs > nowMs) return nowMs;
  return endTriedAtMs + endPauseMs(endTries);
}

/** Gives the pause before the next try. `tries`: how often the end was asked for in vain, 1 or more. */
export function endPauseMs(tries: number): number {
  const quickMs = Math.min(1_000 * 2 ** (tries - 1), END_AGAIN_MS);
  const rarer = Math.max(0, tries - END_TRIES_UNTIL_RARE);
  return Math.min(quickMs * 2 ** rarer, END_LONGEST_PAUSE_MS);
}

function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

function callDueAtMs({ lesson, earlyEntryMinutes }: MeetingState): number {
  return entryOpensAtMs(lesson, earlyEntryMinutes) - CALL_AHEAD_MS;
}

/**
 * Gives the moment from which no answer can come to a start whose intent was committed at `startedAtMs`, in whatever
 * process the request was sent.
 */
export function quietAtMs(startedAtMs: number, requestTimeoutMs: number): number {
  return startedAtMs + START_DEADLINE_MS + requestTimeoutMs + START_SETTLE_MS;
}
