import { SignJWT } from 'jose';
import { sql } from 'kysely';
import type { App } from '../../src/app.ts';
import { commandsOf } from '../../src/commands.ts';
import { CALL_AHEAD_MS } from '../../src/lessons/meeting.ts';
import { everywhere } from '../support/everywhere.ts';
import type { Benchmark } from './benchmark.ts';
import { importManualSchool, initialize, startApp } from './support/app.ts';
import { median, timed } from './support/measure.ts';
import { startSandbox } from './support/sandbox-process.ts';
import { startServer } from './support/server.ts';

const REQUESTS_PER_SECOND = 3;
const CALLS_PER_REQUEST = 25;
const LESSONS = 500;
const PUPILS_OF_LESSON = 4;
/** Entries under way at once: the browsers of a whole school behind few connections. */
const ENTRIES_AT_ONCE = 100;
const PROBES = 100;
const LESSON_MS = 40 * 60_000;
/** All lessons are moved so that they begin after this time. Their calls are due at that moment. */
const BEGINS_IN_MS = 45_000;
const LOOK_EVERY_MS = 50;
const GIVEN_UP_AFTER_MS = 3 * 60_000;
const ENTRY_AIM_MS = 1_000;

export const lessons: Benchmark = {
  name: 'lessons',
  about: `${LESSONS} lessons that begin in the same second, beside an initialisation: calls against VK's pace, entries against ${ENTRY_AIM_MS} ms`,
  async run(print) {
    await using server = await startServer();
    await using sandbox = await startSandbox(REQUESTS_PER_SECOND);
    await using app = await startApp((await server.database()).url, sandbox.url);
    const schoolId = await importManualSchool(app, sandbox, REQUESTS_PER_SECOND);
    const school: School = { app, schoolId, groups: await groupsOf(app, schoolId) };
    await say(school, app.ctx.clock.now() + 24 * 60 * 60_000);
    await makeMeetings(school);
    const initialization = await initialize(app, schoolId);
    await until(app, sql`select 1 from chat where creation = 'created' having count(*) > 50`);

    const startsAtMs = app.ctx.clock.now() + BEGINS_IN_MS;
    const moved = await timed(() => say(school, startsAtMs));
    const opened = await timed(() =>
      until(app, sql`select 1 from meeting_call where state = 'open' having count(*) = ${LESSONS}`),
    );
    const leastMs = (Math.ceil(LESSONS / CALLS_PER_REQUEST) * 1000) / REQUESTS_PER_SECOND;
    print(`${LESSONS} lessons moved by events in ${moved.ms.toFixed(0)} ms`);
    print(
      `calls there ${seconds(opened.ms)} s later (VK's pace alone: ${seconds(leastMs)} s); they are made ${seconds(CALL_AHEAD_MS)} s ahead`,
    );

    await app.ctx.clock.sleep(Math.max(0, startsAtMs - app.ctx.clock.now()));
    const alone = (await enterAll(school, 1, PROBES)).toSorted((a, b) => a - b);
    print(
      `${alone.length} entries, one after the other: p50 ${median(alone).toFixed(0)} ms, worst ${alone.at(-1)!.toFixed(0)} ms`,
    );
    const entered = await timed(() => enterAll(school, ENTRIES_AT_ONCE, Number.POSITIVE_INFINITY));
    const times = entered.value.toSorted((a, b) => a - b);
    const worstMs = times.at(-1)!;
    const rank = (share: number) => times[Math.floor(times.length * share)]!.toFixed(0);
    print(
      `${times.length} entries, ${ENTRIES_AT_ONCE} at once: p50 ${median(times).toFixed(0)} ms, p95 ${rank(0.95)} ms, worst ${worstMs.toFixed(0)} ms, ${Math.round((times.length * 1000) / entered.ms)} a second`,
    );
    const ended = await timed(async () => {
      await say(school, app.ctx.clock.now() - LESSON_MS);
      await until(app, sql`select 1 from meeting_call where state = 'ended' having count(*) = ${LESSONS}`);
    });
    const { rows } = await sql<{ calls: number }>`select count(*)::int as calls from meeting_call`.execute(
      everywhere(app.ctx),
    );
    print(`moved into the past, all calls ended in ${seconds(ended.ms)} s; ${rows[0]!.calls} calls in all`);
    print(
      `the initialisation ${(await isRunning(app, initialization)) ? 'was still running' : 'had ended before'}`,
    );
    print(
      `ratio: ${(opened.ms / leastMs).toFixed(2)} × VK's pace for the calls, ${(worstMs / ENTRY_AIM_MS).toFixed(2)} of ${ENTRY_AIM_MS} ms for the worst entry`,
    );
  },
};

interface Group {
  id: string;
  teacherId: string;
  pupilIds: string[];
}

interface School {
  app: App;
  schoolId: string;
  groups: Group[];
}

async function groupsOf({ ctx }: App, schoolId: string): Promise<Group[]> {
  const { rows } = await sql<Group>`
    select g.id, g.teacher_ids[1] as "teacherId", array(select e.student_id from enrollment e
      where e.school_id = g.school_id and e.unit = 'group' and e.unit_id = g.id and e.present
        and e.ends_on is null limit ${PUPILS_OF_LESSON}) as "pupilIds"
    from subject_group g where g.school_id = ${schoolId} and g.present and (select count(*) from enrollment e
      where e.school_id = g.school_id and e.unit = 'group' and e.unit_id = g.id and e.present and e.ends_on is null) >= ${PUPILS_OF_LESSON}
    order by g.id limit ${LESSONS}`.execute(everywhere(ctx));
  if (rows.length !== LESSONS) throw new Error(`the school has ${rows.length} such groups`);
  return rows;
}

/** States one lesson of every group, which begins at that instant. */
async function say({ app: { ctx }, schoolId, groups }: School, startsAtMs: number): Promise<void> {
  const now = ctx.clock.now();
  const [startsAt, endsAt] = [startsAtMs, startsAtMs + LESSON_MS].map((ms) => new Date(ms).toISOString());
  const events = groups.map(({ id, teacherId }) => ({
    ...{ specversion: '1.0', id: `${id}-${startsAtMs}`, source: 'bench', type: 'sgo.lesson.saved' },
    ...{ time: new Date(now).toISOString(), data: { id, subjectGroupId: id, teacherId, startsAt, endsAt } },
  }));
  const { accepted } = await commandsOf(ctx).receiveEvents({
    by: { id: 'sgo', kind: 'service' },
    schoolId,
    events,
  });
  if (accepted !== LESSONS) throw new Error(`${accepted} lessons were accepted`);
}

async function makeMeetings({ app: { ctx }, schoolId, groups }: School): Promise<void> {
  const { createMeeting } = commandsOf(ctx);
  for (const { id, teacherId } of groups) {
    await createMeeting({
      caller: { schoolId, subject: teacherId, role: 'staff' },
      lessonId: id,
      title: null,
    });
  }
}

/**
 * Brings everybody to the door of their lesson. Gives how long each stood there.
 * @throws if somebody is not let in
 */
async function enterAll(
  { app, schoolId, groups }: School,
  atOnce: number,
  atMost: number,
): Promise<number[]> {
  const visits: { lessonId: string; token: string }[] = [];
  for (const { id, teacherId, pupilIds } of groups) {
    visits.push({ lessonId: id, token: await tokenOf(app, schoolId, teacherId, 'staff') });
    for (const pupil of pupilIds)
      visits.push({ lessonId: id, token: await tokenOf(app, schoolId, pupil, 'student') });
  }
  visits.splice(atMost);
  const times: number[] = [];
  const links = new Map<string, string>();
  const door = async () => {
    for (let visit = visits.pop(); visit; visit = visits.pop()) {
      const { lessonId, token } = visit;
      const { ms, value: answer } = await timed(() =>
        app.http.request(`/v1/lessons/${encodeURIComponent(lessonId)}/meeting/join`, {
          headers: { authorization: `Bearer ${token}` },
        }),
      );
      const link = answer.headers.get('location');
      if (answer.status !== 302 || !link)
        throw new Error(`not let in: ${answer.status} ${await answer.text()}`);
      if ((links.get(lessonId) ?? link) !== link) throw new Error('a lesson has shown two links');
      links.set(lessonId, link);
      times.push(ms);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, door));
  return times;
}

function tokenOf({ ctx }: App, school: string, sub: string, role: string): Promise<string> {
  const { sgo } = ctx.config;
  if (!('secrets' in sgo)) throw new Error('the benchmark signs with a secret');
  return new SignJWT({ role, school })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuer('sgo')
    .setAudience('sferum-sync')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(sgo.secrets[0]));
}

async function until({ ctx }: App, question: ReturnType<typeof sql>): Promise<void> {
  const untilMs = ctx.clock.now() + GIVEN_UP_AFTER_MS;
  while (ctx.clock.now() < untilMs) {
    if ((await question.execute(everywhere(ctx))).rows.length > 0) return;
    await ctx.clock.sleep(LOOK_EVERY_MS);
  }
  throw new Error('waited for in vain');
}

async function isRunning({ ctx }: App, operationId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from operation where id = ${operationId} and state = 'running'`.execute(
    everywhere(ctx),
  );
  return rows.length > 0;
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);
