import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CallRow, type MeetingState, needOf, nextStep } from '../../src/lessons/meeting.ts';
import { call, MINUTE, meeting, QUIET_MS, STARTS } from '../support/meeting-rows.ts';

/** A meeting's rows and Sferum, as people, СГО and faults change them. The steps are carried out as the job does it. */
interface World {
  now: number;
  state: MeetingState & { calls: CallRow[] };
  /** Codes of the calls that run at Sferum, also of those that we do not know. */
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
      // This is the rule of the table's index.
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
      // In calm, time for answers passes, and the job runs.
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
