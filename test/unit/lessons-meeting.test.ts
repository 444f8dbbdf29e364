import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultTitle, nextPhaseAtMs, phaseAt } from '../../src/lessons/lesson.ts';
import {
  CALL_AHEAD_MS,
  END_TRIES_UNTIL_RARE,
  endPauseMs,
  type MeetingState,
  nextStep,
} from '../../src/lessons/meeting.ts';
import { troubleOf } from '../../src/lessons/trouble.ts';
import { SferumError, type SferumErrorKind } from '../../src/sferum/gateway.ts';
import { VkError } from '../../src/sferum/vk/errors.ts';
import { call, ENDS, MINUTE, meeting, QUIET_MS, STARTS } from '../support/meeting-rows.ts';

describe('a lesson against the clock', () => {
  test.each([
    ['a minute before', STARTS - MINUTE, 0, 'before'],
    ['at its first instant', STARTS, 0, 'running'],
    ['just before its end', ENDS - 1, 0, 'running'],
    ['at its end', ENDS, 0, 'over'],
    ['five minutes before, with ten of early entry', STARTS - 5 * MINUTE, 10, 'running'],
    ['eleven minutes before, with ten of early entry', STARTS - 11 * MINUTE, 10, 'before'],
    ['at its end, with early entry', ENDS, 10, 'over'],
  ])('I5, I8: %s', (_, atMs, early, phase) => {
    expect(phaseAt({ startsAtMs: STARTS, endsAtMs: ENDS }, atMs, early)).toBe(phase);
  });

  test('the next change of the phase is where the phase changes, and nowhere before', () => {
    fc.assert(
      fc.property(fc.integer({ min: -90, max: 90 }), fc.integer({ min: 0, max: 60 }), (minutes, early) => {
        const lesson = { startsAtMs: STARTS, endsAtMs: ENDS };
        const now = STARTS + minutes * MINUTE;
        const next = nextPhaseAtMs(lesson, now, early);
        if (next === null) return phaseAt(lesson, now, early) === 'over';
        const phase = phaseAt(lesson, now, early);
        return phaseAt(lesson, next - 1, early) === phase && phaseAt(lesson, next, early) !== phase;
      }),
    );
  });

  test('I3: the default name, letter for letter, in the school’s time zone', () => {
    const at = Date.parse('2022-12-16T12:50:00Z');
    expect(defaultTitle('Краеведение', at, 'Europe/Moscow')).toBe(
      'Урок по предмету «Краеведение» от 16.12.2022 15:50',
    );
    expect(defaultTitle('Краеведение', Date.parse('2022-12-16T14:00:00Z'), 'Asia/Yekaterinburg')).toBe(
      'Урок по предмету «Краеведение» от 16.12.2022 19:00',
    );
    expect(defaultTitle('Химия', Date.parse('2022-12-15T21:05:00Z'), 'Europe/Moscow')).toBe(
      'Урок по предмету «Химия» от 16.12.2022 00:05',
    );
  });
});

describe('what a meeting does next', () => {
  const due = STARTS - CALL_AHEAD_MS;
  test.each<[string, MeetingState, number, object]>([
    ['asked for days before: waits for its time', meeting(), due - 1, { do: 'rest', untilMs: due }],
    ['its call is started ahead', meeting(), due, { do: 'start' }],
    ['asked for in the middle of the lesson: at once', meeting(), STARTS + 5 * MINUTE, { do: 'start' }],
    ['asked for too late: nothing', meeting(), ENDS, { do: 'rest', untilMs: null }],
    ['early entry: so much sooner', meeting({ earlyEntryMinutes: 10 }), due - 10 * MINUTE, { do: 'start' }],
    ['not asked for: nothing', meeting({ isAsked: false }), STARTS, { do: 'rest', untilMs: null }],
    ['of a cancelled lesson: nothing', meeting({ isHeld: false }), STARTS, { do: 'rest', untilMs: null }],
    [
      'its start is under way: waits for the answer',
      meeting({ calls: [call('starting')] }),
      STARTS + QUIET_MS - 1,
      { do: 'rest', untilMs: STARTS + QUIET_MS },
    ],
    [
      'no answer can come any more: given up',
      meeting({ calls: [call('starting')] }),
      STARTS + QUIET_MS,
      { do: 'give-up', callId: 'starting' },
    ],
    [
      'given up also where nobody wants it any more',
      meeting({ calls: [call('starting')], isAsked: false }),
      STARTS + QUIET_MS,
      { do: 'give-up', callId: 'starting' },
    ],
    [
      'its call is there: until the end',
      meeting({ calls: [call('open')] }),
      STARTS,
      { do: 'rest', untilMs: ENDS },
    ],
    ['over: let go', meeting({ calls: [call('open')] }), ENDS, { do: 'let-go', callId: 'open' }],
    [
      'deleted: let go',
      meeting({ calls: [call('open')], isAsked: false }),
      STARTS,
      { do: 'let-go', callId: 'open' },
    ],
    [
      'cancelled: let go',
      meeting({ calls: [call('open')], isHeld: false }),
      STARTS,
      { do: 'let-go', callId: 'open' },
    ],
    [
      'entry was early and is not any more: the same one is kept',
      meeting({ calls: [call('open', due - 70 * MINUTE)] }),
      due - 60 * MINUTE,
      { do: 'rest', untilMs: ENDS },
    ],
    [
      'moved sooner with its call: the same one is kept',
      meeting({ calls: [call('open', due, { lessonStartsAtMs: STARTS + 60 * MINUTE })] }),
      due,
      { do: 'rest', untilMs: ENDS },
    ],
    [
      'put off so that entry is not open any more: let go',
      meeting({ calls: [call('open', STARTS, { lessonStartsAtMs: STARTS - 60 * MINUTE })] }),
      STARTS - 1,
      { do: 'let-go', callId: 'open' },
    ],
    [
      'put off while entry stays open: the same one is kept',
      meeting({ calls: [call('open', STARTS, { lessonStartsAtMs: STARTS - 60 * MINUTE })] }),
      STARTS,
      { do: 'rest', untilMs: ENDS },
    ],
    [
      'given to another group: let go',
      meeting({ calls: [call('open', STARTS, { groupId: 'art5' })] }),
      STARTS,
      { do: 'let-go', callId: 'open' },
    ],
    [
      'its end was refused: asked for again after a pause',
      meeting({ calls: [call('ending', STARTS, { endTries: 3, endTriedAtMs: ENDS })] }),
      ENDS + 3_999,
      { do: 'rest', untilMs: ENDS + 4_000 },
    ],
    [
      '… and then ended',
      meeting({ calls: [call('ending', STARTS, { endTries: 3, endTriedAtMs: ENDS })] }),
      ENDS + 4_000,
      { do: 'end', callId: 'ending' },
    ],
    [
      '… which delays no other call',
      meeting({ calls: [call('ending', STARTS, { endTries: 40, endTriedAtMs: STARTS }), call('open')] }),
      ENDS - 1,
      { do: 'rest', untilMs: ENDS },
    ],
    [
      'its end was asked for in vain by a clock that was ahead: asked for again',
      meeting({ calls: [call('ending', STARTS, { endTries: 40, endTriedAtMs: ENDS + 60 * MINUTE })] }),
      ENDS,
      { do: 'end', callId: 'ending' },
    ],
    [
      'its end was asked for in vain for a week: left',
      meeting({ calls: [call('ending', STARTS, { endTries: 200, endTriedAtMs: STARTS })] }),
      STARTS + 7 * 24 * 60 * MINUTE,
      { do: 'leave', callId: 'ending' },
    ],
    ['let go: ended', meeting({ calls: [call('ending')] }), ENDS, { do: 'end', callId: 'ending' }],
    [
      'made anew while the old call is ended: the new one first',
      meeting({ calls: [call('ending')] }),
      STARTS,
      { do: 'start' },
    ],
    [
      '… and then the old one is ended',
      meeting({ calls: [call('ending'), call('open')] }),
      STARTS,
      { do: 'end', callId: 'ending' },
    ],
  ])('I8: %s', (_, state, nowMs, step) => {
    expect(nextStep(state, nowMs)).toEqual(step);
  });
});

test('a call that is not ended is asked about ever more rarely, for ten minutes quickly and then up to an hour apart', () => {
  const pauses = Array.from({ length: 60 }, (_, at) => endPauseMs(at + 1));
  expect(pauses.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(pauses.at(-1)).toBe(60 * MINUTE);
  const quickMs = pauses.slice(0, END_TRIES_UNTIL_RARE).reduce((sum, pause) => sum + pause);
  expect(quickMs).toBeLessThan(10 * MINUTE);
});

describe('trouble with a step', () => {
  test.each<[SferumErrorKind, number, string, number]>([
    ['unknown', 1, 'behind', 1_000],
    ['never-ran', 3, 'behind', 4_000],
    ['never-ran', 4, 'failing', 8_000],
    ['unknown', 12, 'failing', 30_000],
    ['slow-down', 1, 'behind', 30_000],
    ['token', 1, 'failing', 30_000],
    ['not-possible', 1, 'failing', 30_000],
    ['defect', 1, 'failing', 30_000],
  ])('%s for the %i. time: %s, again after %i ms', (kind, attempts, status, retryAfterMs) => {
    const trouble = troubleOf(new SferumError(kind, 'x', { retryAfterMs: 3_600_000 }), attempts);
    expect(trouble).toMatchObject({ retryAfterMs, condition: { status } });
    expect(trouble.condition.message).toMatch(/[а-я]/);
  });

  test.each([1, 10, 13])('VK error %i is Sferum’s own: seconds, and no word of an administrator', (code) => {
    const error = new VkError('calls.start', { code, subcode: undefined, text: '' });
    const { retryAfterMs, condition } = troubleOf(error, 1);
    expect({ retryAfterMs, status: condition.status }).toEqual({ retryAfterMs: 1_000, status: 'behind' });
    expect(condition.message).not.toContain('администратор');
  });
});
