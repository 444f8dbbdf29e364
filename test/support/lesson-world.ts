/** The small school with a lesson today, a clock that tests move, and what they ask of its calls. */
import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { startTestApp, type TestApp, type Who } from './app.ts';
import { linkedRoster } from './chat-world.ts';
import { everywhere } from './everywhere.ts';
import { type KeptWorld, keptWorld } from './kept-world.ts';

/** 15:50–16:50 in Moscow: geography of p1 and p2 (parents m1, f1), taught by t1. */
export const STARTS_AT = '2026-10-01T12:50:00.000Z';
export const ENDS_AT = '2026-10-01T13:50:00.000Z';
export const TEACHER = { role: 'staff', school: 's1', sub: 't1' } as const;
export const SUBSTITUTE = { role: 'staff', school: 's1', sub: 't3' } as const;
export const PUPIL = { role: 'student', school: 's1', sub: 'p1' } as const;
export const SERVICE = { role: 'service', school: 's1', sub: 'sgo' } as const;

/** Goes on as ours does, from wherever it was put. */
export interface MovableClock extends Clock {
  moveTo(instant: string): void;
}

export function movableClock(startAt: string): MovableClock {
  let aheadMs = 0;
  const moveTo = (instant: string) => {
    aheadMs = Date.parse(instant) - Date.now();
  };
  moveTo(startAt);
  return { ...systemClock, now: () => Date.now() + aheadMs, moveTo };
}

export interface LessonData {
  id?: string;
  subjectGroupId?: string;
  teacherId?: string;
  startsAt?: string;
  endsAt?: string;
  topic?: string;
}

export interface LessonWorld extends TestApp {
  clock: MovableClock;
  /** Takes in one event of СГО. */
  event(type: string, data: object): Promise<void>;
  /** Says that a lesson is held so; without data the lesson «geo» at its hour. */
  lessonSaved(data?: LessonData): Promise<void>;
  /** What an entry answers: the link's code, or the problem's type with its status. */
  enter(who?: Who, lessonId?: string): Promise<string>;
  create(who?: Who, body?: object, lessonId?: string): Promise<Response>;
  remove(who?: Who, lessonId?: string): Promise<Response>;
  /** How its meeting stands, as its teacher is told. */
  condition(lessonId?: string): Promise<{ status: string; message: string | null }>;
  /** The call of the lesson is there. */
  ready(lessonId?: string): Promise<void>;
  /** Calls that run at Sferum, by their codes, sorted. */
  running(): string[];
  /** Resolves once so many calls run at Sferum. */
  runs(count: number): Promise<void>;
  /** What the journal tells of meetings and calls, in order: `call-lost unanswered`. */
  journal(): Promise<string[]>;
}

export const MORNING = '2026-10-01T09:00:00Z';

/** The school and its lesson in the morning of the lesson's day. */
export function keptLesson({ env = {} }: { env?: Record<string, string> } = {}): Promise<KeptWorld> {
  return keptWorld(JSON.stringify(['lesson', env]), async () => {
    const clock = movableClock(MORNING);
    return withLesson(await startTestApp({ env, clock }), clock);
  });
}

/** In the morning of the lesson's day; the lesson «geo» is there. */
export async function startLessonWorld({
  env = {},
}: {
  env?: Record<string, string>;
} = {}): Promise<LessonWorld> {
  const from = await keptLesson({ env });
  const clock = movableClock(new Date(from.atMs).toISOString());
  return lessonWorldOf(await startTestApp({ env, clock, from }), clock);
}

/** Brings the school and its lesson into an app that has nothing yet. */
export async function withLesson(app: TestApp, clock: MovableClock): Promise<LessonWorld> {
  const world = lessonWorldOf(app, clock);
  await app.importRoster(linkedRoster(), '2026-10-01T08:00:00Z');
  await world.lessonSaved();
  return world;
}

/** Of the whole process, because a copy of a world knows the events that made it. */
let events = 0;

export function lessonWorldOf(app: TestApp, clock: MovableClock): LessonWorld {
  const running = () =>
    [...app.sandbox.world.calls.values()]
      .filter((call) => !call.ended)
      .map((call) => call.code)
      .sort();
  const world: LessonWorld = {
    ...app,
    ...{ clock, running },
    async event(type, data) {
      const time = new Date(clock.now()).toISOString();
      const event = { specversion: '1.0', id: `lessons-${++events}`, source: 'sgo', type, time, data };
      const { accepted } = await app.commands.receiveEvents({
        by: { id: 'sgo', kind: 'service' },
        schoolId: 's1',
        events: [event],
      });
      expect(accepted).toBe(1);
    },
    lessonSaved: (data = {}) =>
      world.event('sgo.lesson.saved', {
        ...{ id: 'geo', subjectGroupId: 'geo5a', teacherId: 't1', startsAt: STARTS_AT, endsAt: ENDS_AT },
        ...{ topic: '1.1. Материки и океаны. Части света. Острова. (1 ч)', ...data },
      }),
    async enter(who = PUPIL, lessonId = 'geo') {
      const response = await app.request(`/v1/lessons/${lessonId}/meeting/join`, { as: who });
      if (response.status === 302) return response.headers.get('location')!.split('/').at(-1)!;
      const { type } = (await response.json()) as { type: string };
      return `${response.status} ${type}`;
    },
    create: (who = TEACHER, body = {}, lessonId = 'geo') =>
      app.call('POST', `/v1/lessons/${lessonId}/meeting`, who, body),
    remove: (who = TEACHER, lessonId = 'geo') =>
      app.request(`/v1/lessons/${lessonId}/meeting`, { as: who, method: 'DELETE' }),
    async condition(lessonId = 'geo') {
      const response = await app.request('/v1/schools/s1/lessons', { as: SERVICE });
      const { items } = (await response.json()) as {
        items: { id: string; meeting: { condition: { status: string; message: string | null } } }[];
      };
      return items.find(({ id }) => id === lessonId)!.meeting.condition;
    },
    ready: (lessonId = 'geo') =>
      vi.waitFor(async () => {
        const { rows } = await sql`select state from meeting_call
          where lesson_id = ${lessonId} and state = 'open'`.execute(everywhere(app.ctx));
        expect(rows).toHaveLength(1);
      }, WAITING),
    runs: (count) => vi.waitFor(() => expect(running()).toHaveLength(count), WAITING),
    async journal() {
      const { rows } = await sql<{ what: string }>`
        select concat_ws(' ', what, details->>'reason') as what from journal
        where what like 'call-%' or what like 'meeting-%' order by id`.execute(everywhere(app.ctx));
      return rows.map((r) => r.what);
    },
  };
  return world;
}

const WAITING = { timeout: 20_000, interval: 20 };
