/** Lost replies, kills, double clicks: one link is ever shown. A call that nobody can enter is ended or reported. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tendLesson } from '../../src/lessons/tend-lesson.ts';
import { everywhere } from '../support/everywhere.ts';
import { ENDS_AT, type LessonWorld, PUPIL, startLessonWorld, TEACHER } from '../support/lesson-world.ts';
import { type AfterStart, withAccount } from '../support/with-account.ts';

const WAITING = { timeout: 30_000, interval: 20 };
const RUNNING = '2026-10-01T12:55:00Z';
const GEO = { schoolId: 's1', lessonId: 'geo' };

let world: LessonWorld;
beforeEach(async () => {
  world = await startLessonWorld({ env: { LIMIT_SFERUM_TIMEOUT_MS: '1000' } });
  world.clock.moveTo(RUNNING);
});
afterEach(() => world[Symbol.asyncDispose]());

const faults = () => world.sandbox.world.faults;
const lessonsQueue = () => world.app.queues.all.find((queue) => queue.name === 'lessons')!;

/** Checks that every call that runs without being shown to anybody was reported. */
async function expectOrphansReported(shown: readonly string[]): Promise<void> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from meeting_call where state = 'lost'`.execute(everywhere(world.ctx));
  const orphans = world.running().filter((code) => !shown.includes(code));
  const reported = (await world.journal()).filter((line) => line.startsWith('call-lost'));
  expect({ orphans: orphans.length, reported: reported.length }).toEqual({
    orphans: rows[0]!.n,
    reported: rows[0]!.n,
  });
}

/** The same program, except that its requests to start a call end as `after` says once Sferum has done them. */
const withStart = (after: AfterStart) => withAccount(world.ctx, { after });

describe('starting a call', () => {
  test.each([
    ['done, and the reply lost', 'applyThenReset', 1],
    ['done, and answered by a page of 502', 'applyThenHttp502', 1],
    ['done, and never answered', 'applyThenHang', 1],
    ['done, and answered by an error of VK', 'applyThenError10', 1],
    ['not done, and the connection reset', 'reset', 0],
  ] as const)('%s: another takes its place, and the first is reported', async (_, fault, orphans) => {
    faults().once('calls.start', fault);
    await world.create();
    await world.ready();
    const link = await world.enter();
    expect(world.running()).toHaveLength(1 + orphans);
    expect(world.running()).toContain(link);
    expect(await world.journal()).toEqual(['meeting-create', 'call-lost unanswered', 'call-start']);
    expect(await world.enter()).toBe(link);
    world.clock.moveTo(ENDS_AT);
    await world.runs(orphans);
  });

  test('answered once by VK’s own error: there after seconds, and nobody is told to call for an administrator', async () => {
    faults().once('calls.start', 10);
    await world.create();
    await vi.waitFor(async () => expect(await world.journal()).toContain('call-start'), {
      ...WAITING,
      timeout: 6_000,
    });
    expect(world.running()).toEqual([await world.enter()]);
  });

  test('refused for the pace, or for a while: nothing is left of it, and it is tried again', async () => {
    faults().add({ method: 'calls.start', fault: 6, times: 3 });
    await world.create();
    expect(await world.enter()).toBe(world.running().join());
    expect(await world.journal()).toEqual(['meeting-create', 'call-start']);
  });

  test('clicked twice, by two teachers at once, and entered by a class meanwhile: one call', async () => {
    await world.create();
    const clicks = Array.from({ length: 8 }, () => world.create());
    const links = await Promise.all([
      ...clicks.map(() => world.enter()),
      ...Array.from({ length: 25 }, () => world.enter(TEACHER)),
    ]);
    expect((await Promise.all(clicks)).map((r) => r.status)).toEqual(Array(8).fill(201));
    await world.ready();
    const link = await world.enter();
    expect(new Set(links)).toEqual(new Set([link]));
    expect(world.sandbox.world.calls.size).toBe(1);
    expect(await world.journal()).toEqual(['meeting-create', 'call-start']);
  });

  test('reliability 18: eight workers on one lesson start one call', async () => {
    await lessonsQueue().pause();
    await world.create();
    await Promise.all(Array.from({ length: 8 }, () => tendLesson(world.ctx, GEO)));
    expect(world.sandbox.world.calls.size).toBe(1);
    expect(await world.enter()).toBe(world.running().join());
  });

  test('killed between Sferum’s answer and our commit: reported and replaced, once no answer can come any more', async () => {
    await lessonsQueue().pause();
    await world.create();
    const killed = withStart(() => Promise.reject(new Error('killed')));
    await expect(tendLesson(killed, GEO)).rejects.toThrow('killed');
    await lessonsQueue().resume();
    expect(await world.enter()).toBe('503 call-not-ready');
    expect(world.sandbox.world.calls.size).toBe(1);
    world.clock.moveTo('2026-10-01T12:56:00Z');
    await world.ready();
    const link = await world.enter();
    expect(world.running()).toHaveLength(2);
    expect(await world.journal()).toEqual(['meeting-create', 'call-lost unanswered', 'call-start']);
    await expectOrphansReported([link]);
  });

  test('reliability 3: stopped for so long that another took over: what it started is ended, and was shown to nobody', async () => {
    await lessonsQueue().pause();
    await world.create();
    const answered = Promise.withResolvers<void>();
    const wakes = Promise.withResolvers<void>();
    const stopped = tendLesson(
      withStart(async (answer) => {
        answered.resolve();
        await wakes.promise;
        return answer;
      }),
      GEO,
    );
    await answered.promise;
    world.clock.moveTo('2026-10-01T12:56:00Z');
    await lessonsQueue().resume();
    await world.ready();
    const link = await world.enter();
    expect(world.running()).toHaveLength(2);
    wakes.resolve();
    await stopped;
    await world.runs(1);
    expect(world.running()).toEqual([link]);
    expect(await world.enter()).toBe(link);
    expect(await world.journal()).toEqual([
      'meeting-create',
      'call-lost unanswered',
      'call-start',
      'call-end',
    ]);
  });

  test('cancelled after a start was decided, and killed at its request: nothing is started that nobody looks after', async () => {
    await lessonsQueue().pause();
    await world.create();
    const killed = withAccount(world.ctx, {
      async before() {
        await world.event('sgo.lesson.removed', { id: 'geo' });
        await tendLesson(world.ctx, GEO);
      },
      after: () => Promise.reject(new Error('killed')),
    });
    await tendLesson(killed, GEO).catch(() => undefined);
    await lessonsQueue().resume();
    world.clock.moveTo('2026-10-01T12:56:00Z');
    await vi.waitFor(async () => expectOrphansReported([]), WAITING);
    const { rows } = await sql`select 1 from meeting_call where state in ('starting', 'open')`.execute(
      everywhere(world.ctx),
    );
    expect(rows).toEqual([]);
  });

  test('killed at its request while another look finds nothing to do: looked after all the same', async () => {
    await lessonsQueue().pause();
    await world.create();
    const killed = withAccount(world.ctx, {
      async after() {
        // A look decides this before the request and writes it after.
        await sql`update meeting set queued_at = null where lesson_id = 'geo'`.execute(everywhere(world.ctx));
        throw new Error('killed');
      },
    });
    await expect(tendLesson(killed, GEO)).rejects.toThrow('killed');
    const { rows } = await sql<{ dueAt: Date; startedAt: Date }>`
      select m.due_at as "dueAt", c.started_at as "startedAt" from meeting m join meeting_call c using (school_id, lesson_id)
      where c.state = 'starting'`.execute(everywhere(world.ctx));
    const quietMs = new Date(rows[0]!.dueAt).getTime() - new Date(rows[0]!.startedAt).getTime();
    expect(quietMs).toBe(15_000 + 1_000 + 5_000);
  });

  test('deleted while its start is under way: nobody gets its link, and it is ended', async () => {
    await lessonsQueue().pause();
    await world.create();
    const deleted = withStart(async (answer) => {
      await world.remove();
      return answer;
    });
    await tendLesson(deleted, GEO);
    expect(world.running()).toEqual([]);
    expect(world.sandbox.world.calls.size).toBe(1);
    expect(await world.enter()).toBe('404 not-found');
  });
});

test('under a storm of lost replies every lesson shows everybody one link at all times, and every orphan is reported', async () => {
  const lessons = Array.from({ length: 30 }, (_, at) => `storm-${at}`);
  for (const id of lessons) await world.lessonSaved({ id });
  faults().once('execute', 'applyThenReset');
  faults().rates = { lostReply: 0.2, http502: 0.1, error10: 0.1 };
  const shown = new Map<string, Set<string>>(lessons.map((id) => [id, new Set()]));
  const enterAll = () =>
    Promise.all(
      lessons.map(async (id) => {
        const answer = await world.enter(PUPIL, id);
        if (!/^\d/.test(answer) || !answer.includes(' ')) shown.get(id)!.add(answer);
      }),
    );
  await Promise.all(lessons.map((id) => world.create(TEACHER, {}, id)));
  await enterAll();
  faults().clear();
  await vi.waitFor(async () => {
    await enterAll();
    expect([...shown.values()].filter((links) => links.size === 0)).toEqual([]);
  }, WAITING);
  await enterAll();
  expect([...shown.values()].map((links) => links.size)).toEqual(lessons.map(() => 1));
  const links = [...shown.values()].flatMap((own) => [...own]);
  expect(new Set(links).size).toBe(lessons.length);
  // A lost request may have done nothing. Reported are at least the calls that really run on.
  const orphans = world.running().filter((code) => !links.includes(code));
  const lost = (await world.journal()).filter((line) => line === 'call-lost unanswered');
  expect(lost.length).toBeGreaterThan(0);
  expect(orphans.length).toBeLessThanOrEqual(lost.length);
  expect(await world.journal()).toHaveLength(2 * lessons.length + lost.length);
  await Promise.all(lessons.map((id) => world.remove(TEACHER, id)));
  await world.runs(orphans.length);
  expect(world.running()).toEqual(orphans);
});
