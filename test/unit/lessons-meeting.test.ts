import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultTitle, nextPhaseAtMs, phaseAt } from '../../src/lessons/lesson.ts';
import {
  AHEAD_MS,
  type CallRow,
  END_TRIES_UNTIL_RARE,
  endPauseMs,
  type MeetingState,
  needOf,
  nextStep,
  START_DEADLINE_MS,
  START_SETTLE_MS,
} from '../../src/lessons/meeting.ts';
import { troubleOf } from '../../src/lessons/trouble.ts';
import { SferumError, type SferumErrorKind } from '../../src/sferum/gateway.ts';
import { VkError } from '../../src/sferum/vk/errors.ts';

const MINUTE = 60_000;
const STARTS = Date.parse('2026-10-01T12:50:00Z');
const ENDS = STARTS + 60 * MINUTE;
const REQUEST_TIMEOUT_MS = 20_000;
const QUIET_MS = START_DEADLINE_MS + REQUEST_TIMEOUT_MS + START_SETTLE_MS;

const call = (state: CallRow['state'], startedAtMs = STARTS, own: Partial<CallRow> = {}): CallRow => ({
  ...{ id: state, state, startedAtMs, groupId: 'geo5a', lessonStartsAtMs: STARTS },
  ...{ endTries: 0, endTriedAtMs: null, ...own },
});
const meeting = (own: Partial<MeetingState> & { isHeld?: boolean } = {}): MeetingState => {
  const { isHeld = true, ...rest } = own;
  return {
    lesson: { startsAtMs: STARTS, endsAtMs: ENDS, groupId: 'geo5a', isHeld },
    ...{ isAsked: true, earlyEntryMinutes: 0, requestTimeoutMs: REQUEST_TIMEOUT_MS, calls: [], ...rest },
  };
};

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
  const due = STARTS - AHEAD_MS;
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

/** A meeting's rows, and Sferum, as people, СГО and bad luck treat them; the steps are carried out as the job does. */
interface World {
  now: number;
  state: MeetingState & { calls: CallRow[] };
  /** Calls that run at Sferum, by whether we know them. */
  running: Set<string>;
  lost: string[];
  ids: number;
}

type Deed =
  | 'create'
  | 'delete'
  | 'cancel'
  | 'restore'
  | 'later'
  | 'sooner'
  | 'regroup'
  | 'minute'
  | 'hour'
  | 'tend'
  | 'lose-reply'
  | 'refuse'
  | 'crash-after';

function carryOut(world: World, luck: Deed): void {
  const { state } = world;
  for (let steps = 0; steps < 20; steps++) {
    const step = nextStep(state, world.now);
    if (step.do === 'rest') return;
    const row = 'callId' in step ? state.calls.find((c) => c.id === step.callId)! : null;
    const drop = () => state.calls.splice(state.calls.indexOf(row!), 1);
    if (step.do === 'start') {
      const id = `call-${world.ids++}`;
      // The index of the table.
      expect(state.calls.filter((c) => c.state !== 'ending')).toEqual([]);
      if (luck === 'refuse') return;
      world.running.add(id);
      if (luck === 'lose-reply') {
        world.lost.push(id);
        return;
      }
      const { groupId, startsAtMs: lessonStartsAtMs } = state.lesson;
      state.calls.push(
        call(luck === 'crash-after' ? 'starting' : 'open', world.now, { id, groupId, lessonStartsAtMs }),
      );
      if (luck === 'crash-after') return;
    } else if (step.do === 'give-up') {
      world.lost.push(row!.id);
      drop();
    } else if (step.do === 'let-go') row!.state = 'ending';
    else {
      if (luck !== 'tend') {
        row!.endTries++;
        row!.endTriedAtMs = world.now;
        continue;
      }
      world.running.delete(row!.id);
      drop();
    }
  }
  throw new Error('it never rests');
}

function happen(world: World, deed: Deed): void {
  const { state } = world;
  const { lesson } = state;
  const shift = (byMs: number) => {
    lesson.startsAtMs += byMs;
    lesson.endsAtMs += byMs;
  };
  switch (deed) {
    case 'create':
      if (world.now < lesson.endsAtMs) state.isAsked = true;
      return;
    case 'delete':
      state.isAsked = false;
      for (const c of state.calls) if (c.state === 'open') c.state = 'ending';
      return;
    case 'cancel':
      lesson.isHeld = false;
      return;
    case 'restore':
      lesson.isHeld = true;
      return;
    case 'later':
      shift(45 * MINUTE);
      return;
    case 'sooner':
      shift(-45 * MINUTE);
      return;
    case 'regroup':
      lesson.groupId += '+';
      return;
    case 'minute':
      world.now += MINUTE;
      return;
    case 'hour':
      world.now += 60 * MINUTE;
      return;
    default:
      carryOut(world, deed);
  }
}

const deeds = fc.array(
  fc.constantFrom<Deed>(
    ...([
      'create',
      'delete',
      'cancel',
      'restore',
      'later',
      'sooner',
      'regroup',
      'minute',
      'minute',
      'hour',
    ] as const),
    ...(['tend', 'tend', 'tend', 'lose-reply', 'refuse', 'crash-after'] as const),
  ),
  { minLength: 1, maxLength: 40 },
);

test('I8: whatever happens, one call is shown while one is due, and every other that runs is ended or reported', () => {
  fc.assert(
    fc.property(deeds, (all) => {
      const world: World = {
        now: STARTS - 30 * MINUTE,
        state: { ...meeting({ isAsked: false }), calls: [] },
        ...{ running: new Set<string>(), lost: [], ids: 0 },
      };
      for (const deed of all) happen(world, deed);
      // Calm: time for answers passes, and the job runs.
      world.now += Math.max(QUIET_MS, 60 * MINUTE);
      happen(world, 'tend');
      const { state, running, lost } = world;
      const shown = state.calls.map((c) => c.id);
      expect(state.calls.every((c) => c.state === 'open')).toBe(true);
      expect(shown.length).toBeLessThanOrEqual(1);
      const need = needOf(state, world.now);
      if (need === 'must') expect(shown).toHaveLength(1);
      if (need === 'must-not') expect(shown).toEqual([]);
      expect(state.calls.map((c) => c.groupId)).toEqual(shown.map(() => state.lesson.groupId));
      expect([...running].filter((id) => !shown.includes(id)).sort()).toEqual([...lost].sort());
    }),
    { numRuns: 2000 },
  );
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
