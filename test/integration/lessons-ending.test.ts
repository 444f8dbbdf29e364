/** A call's end is asked for until the call has ended, whatever Sferum answers. It delays no other call. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tendLesson } from '../../src/lessons/tend-lesson.ts';
import { everywhere } from '../support/everywhere.ts';
import { ENDS_AT, type LessonWorld, startLessonWorld } from '../support/lesson-world.ts';
import { withAccount } from '../support/with-account.ts';

const WAITING = { timeout: 30_000, interval: 20 };
const GEO = { schoolId: 's1', lessonId: 'geo' };

let world: LessonWorld;
beforeEach(async () => {
  world = await startLessonWorld({ env: { LIMIT_SFERUM_TIMEOUT_MS: '1000' } });
  world.clock.moveTo('2026-10-01T12:55:00Z');
});
afterEach(() => world[Symbol.asyncDispose]());

const faults = () => world.sandbox.world.faults;
const lessonsQueue = () => world.app.queues.all.find((queue) => queue.name === 'lessons')!;

/** Gives how often the end of the call was asked for in vain. */
async function tries(): Promise<number | undefined> {
  const { rows } = await sql<{ tries: number }>`
    select end_tries as tries from meeting_call where state = 'ending'`.execute(everywhere(world.ctx));
  return rows[0]?.tries;
}

describe('ending a call', () => {
  test.each(['applyThenReset', 'reset', 'hang'] as const)(
    'the reply lost (%s): ended again until it is so',
    async (fault) => {
      await world.create();
      await world.enter();
      faults().once('calls.forceFinish', fault);
      await world.remove();
      await world.runs(0);
      await vi.waitFor(async () => expect((await world.journal()).at(-1)).toBe('call-end'), WAITING);
    },
  );

  test('refused by Sferum: reported once, and asked for again, ever more rarely, until it is over', async () => {
    await world.create();
    const link = await world.enter();
    faults().add({ method: 'calls.forceFinish', fault: 15 });
    await world.remove();
    await vi.waitFor(async () => expect((await world.journal()).at(-1)).toBe('call-lost refused'), WAITING);
    const { rows } = await sql<{ id: string }>`
      update meeting_call set end_tries = 25 where state = 'ending' returning id`.execute(
      everywhere(world.ctx),
    );
    expect(rows).toHaveLength(1);
    for (const tried of [1, 2, 3]) {
      world.clock.moveTo(`2026-10-01T${13 + tried}:00:00Z`);
      await vi.waitFor(async () => expect(await tries()).toBe(25 + tried), WAITING);
      expect(world.running()).toEqual([link]);
    }
    faults().clear();
    world.clock.moveTo('2026-10-01T17:00:00Z');
    await world.runs(0);
    await vi.waitFor(
      async () =>
        expect(await world.journal()).toEqual([
          ...['meeting-create', 'call-start', 'meeting-delete', 'call-lost refused', 'call-end'],
        ]),
      WAITING,
    );
  });

  test('not answered for longer than ten minutes: reported, and ended when Sferum is back', async () => {
    await world.create();
    await world.enter();
    faults().add({ method: 'calls.forceFinish', fault: 10 });
    await world.remove();
    await vi.waitFor(async () => expect(await tries()).toBe(1), WAITING);
    await sql`update meeting_call set end_tries = 19 where state = 'ending'`.execute(everywhere(world.ctx));
    world.clock.moveTo('2026-10-01T13:10:00Z');
    await vi.waitFor(async () => expect((await world.journal()).at(-1)).toBe('call-lost refused'), WAITING);
    faults().clear();
    world.clock.moveTo('2026-10-01T14:15:00Z');
    await world.runs(0);
  });

  test('of a call of a lesson that is put off: its new call is not kept waiting by it', async () => {
    await world.create();
    const link = await world.enter();
    faults().add({ method: 'calls.forceFinish', fault: 15 });
    await world.lessonSaved({ startsAt: '2026-10-01T13:05:00Z', endsAt: '2026-10-01T13:50:00Z' });
    await vi.waitFor(async () => expect(await tries()).toBeGreaterThan(0), WAITING);
    await sql`update meeting_call set end_tries = 40 where state = 'ending'`.execute(everywhere(world.ctx));
    world.clock.moveTo('2026-10-01T13:05:00Z');
    const other = await world.enter();
    expect(world.running()).toEqual([link, other].sort());
    faults().clear();
    world.clock.moveTo(ENDS_AT);
    await vi.waitFor(() => expect(world.running()).toEqual([link]), WAITING);
    world.clock.moveTo('2026-10-01T15:00:00Z');
    await world.runs(0);
  });

  test('of a call that Sferum gave no id for: let go, and reported', async () => {
    await lessonsQueue().pause();
    await world.create();
    await tendLesson(
      withAccount(world.ctx, { after: async ({ joinLink }) => ({ callId: '', joinLink }) }),
      GEO,
    );
    const link = await world.enter();
    expect(world.running()).toEqual([link]);
    await world.remove();
    expect((await world.journal()).at(-2)).toBe('call-lost no-id');
    expect(world.running()).toEqual([link]);
  });
});
