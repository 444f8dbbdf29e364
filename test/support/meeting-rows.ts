/** A lesson of an hour and its meeting's rows, as meeting.ts reads them. */
import {
  type CallRow,
  type MeetingState,
  START_DEADLINE_MS,
  START_SETTLE_MS,
} from '../../src/lessons/meeting.ts';

export const MINUTE = 60_000;
export const STARTS = Date.parse('2026-10-01T12:50:00Z');
export const ENDS = STARTS + 60 * MINUTE;
export const REQUEST_TIMEOUT_MS = 20_000;
export const QUIET_MS = START_DEADLINE_MS + REQUEST_TIMEOUT_MS + START_SETTLE_MS;

export const call = (state: CallRow['state'], startedAtMs = STARTS, own: Partial<CallRow> = {}): CallRow => ({
  ...{ id: state, state, startedAtMs, groupId: 'geo5a', lessonStartsAtMs: STARTS },
  ...{ endTries: 0, endTriedAtMs: null, ...own },
});
export const meeting = (own: Partial<MeetingState> & { isHeld?: boolean } = {}): MeetingState => {
  const { isHeld = true, ...rest } = own;
  return {
    lesson: { startsAtMs: STARTS, endsAtMs: ENDS, groupId: 'geo5a', isHeld },
    ...{ isAsked: true, earlyEntryMinutes: 0, requestTimeoutMs: REQUEST_TIMEOUT_MS, calls: [], ...rest },
  };
};
