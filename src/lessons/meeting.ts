/**
 * What a lesson's distance meeting must do next. Pure: rows and an instant in, one step out; whoever carries the
 * step out records it and asks again, so a lost, repeated or late job does no harm (I8).
 *
 * A call, one row for every request to start one:
 *
 *   (none) ── intent committed ──► starting ── answered ──► open ── let go ──► ending ── confirmed ──► ended
 *      ▲                             │  │                                        ▲  └── cannot be ended ──► lost
 *      └──────── it never ran ───────┘  └── reply lost, or nobody answers ──► lost ── answered after all ──┘
 *
 * VK can neither list calls nor tell two requests apart. So a call whose start was not answered is not looked for:
 * it is `lost` – reported, and nobody can enter it, for its link was shown to nobody – and another takes its place.
 * At most one call of a lesson is `starting` or `open` (an index of the table says so): one link is ever shown.
 */
import { entryOpensAtMs, type LessonTimes } from './lesson.ts';

/** A call is there this long before people may enter: 500 lessons of one minute take VK's pace seconds. */
export const AHEAD_MS = 2 * 60_000;
/** A request that is not sent within this time of its intent is never sent … */
export const START_DEADLINE_MS = 15_000;
/** … and one that was sent is answered, or given up by the client, within the client's time-out and this. */
export const START_SETTLE_MS = 5_000;

export interface CallRow {
  id: string;
  state: 'starting' | 'open' | 'ending';
  /** When its intent was committed. */
  startedAtMs: number;
}

export interface MeetingState {
  lesson: LessonTimes & {
    /** False: cancelled in СГО. */
    isHeld: boolean;
  };
  /** Somebody made it and nobody deleted it since. */
  isAsked: boolean;
  earlyEntryMinutes: number;
  /** How long the client waits for an answer. */
  requestTimeoutMs: number;
  /** Those that are not done with. */
  calls: readonly CallRow[];
}

export type Step =
  | { do: 'start' }
  /** Its reply will not come any more. */
  | { do: 'give-up'; callId: string }
  /** Its link is not shown from now on. */
  | { do: 'let-go'; callId: string }
  | { do: 'end'; callId: string }
  /** `untilMs` null: until something about the meeting or its lesson changes. */
  | { do: 'rest'; untilMs: number | null };

/** Whether there must be a call, may be one (kept if it is there: a lesson moved ahead), or must be none. */
export type Need = 'must' | 'may' | 'must-not';

export function needOf(meeting: MeetingState, nowMs: number): Need {
  const { lesson, isAsked } = meeting;
  if (!isAsked || !lesson.isHeld || nowMs >= lesson.endsAtMs) return 'must-not';
  return nowMs >= callDueAtMs(meeting) ? 'must' : 'may';
}

/** Starting comes before ending: a new call is waited for, an old one by nobody. */
export function nextStep(meeting: MeetingState, nowMs: number): Step {
  const { calls, lesson } = meeting;
  const need = needOf(meeting, nowMs);
  const shown = calls.find(({ state }) => state !== 'ending');
  if (shown?.state === 'starting' && nowMs >= quietAtMs(meeting, shown))
    return { do: 'give-up', callId: shown.id };
  if (shown?.state === 'open' && need === 'must-not') return { do: 'let-go', callId: shown.id };
  if (!shown && need === 'must') return { do: 'start' };
  const ending = calls.find(({ state }) => state === 'ending');
  if (ending) return { do: 'end', callId: ending.id };
  if (shown?.state === 'starting') return { do: 'rest', untilMs: quietAtMs(meeting, shown) };
  if (need === 'must-not') return { do: 'rest', untilMs: null };
  return { do: 'rest', untilMs: shown ? lesson.endsAtMs : callDueAtMs(meeting) };
}

function callDueAtMs({ lesson, earlyEntryMinutes }: MeetingState): number {
  return entryOpensAtMs(lesson, earlyEntryMinutes) - AHEAD_MS;
}

/** From then on no answer comes any more, whoever had sent the request. */
function quietAtMs({ requestTimeoutMs }: MeetingState, { startedAtMs }: CallRow): number {
  return startedAtMs + START_DEADLINE_MS + requestTimeoutMs + START_SETTLE_MS;
}
