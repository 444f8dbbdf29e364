import { createRoute, z } from '@hono/zod-openapi';
import type { Context as HonoContext } from 'hono';
import type { Caller } from '../../src/caller.ts';
import { MEETING_TITLE_CHARS } from '../../src/lessons/change-meeting.ts';
import { phaseAt } from '../../src/lessons/lesson.ts';
import type { Boundary, LessonItem } from '../../src/lessons/lesson-rows.ts';
import { listLessons } from '../../src/lessons/list-lessons.ts';
import { type LessonSchool, lessonSchool, meetingTitle, timesOf } from '../../src/lessons/open-lesson.ts';
import { isDay } from '../../src/text/clean-text.ts';
import type { HttpEnv } from '../auth.ts';
import { existingSchool, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import {
  CHANGE_REFUSALS,
  DayText,
  FilterText,
  IdParam,
  Instant,
  InstantText,
  json,
  pageOf,
  pageQuery,
  REFUSALS,
  SchoolParam,
  SchoolQuery,
} from './schemas.ts';

const EVERYBODY = ['service', 'operator', 'school-admin', 'staff', 'student', 'parent'] as const;

const DayOrInstant = z
  .union([DayText, InstantText])
  .optional()
  .openapi({ description: 'a day of the school, or an instant' });

const LessonView = z
  .object({
    id: z.string(),
    subjectGroupId: z.string(),
    groupTitle: z.string(),
    subject: z.string(),
    classId: z.string().nullable(),
    classTitle: z.string().nullable(),
    teacher: z.object({ id: z.string(), name: z.string() }),
    startsAt: Instant,
    endsAt: Instant,
    topic: z.string().nullable(),
    phase: z
      .enum(['before', 'running', 'over'])
      .openapi({ description: 'whether its meeting may be entered, early entry included' }),
    meeting: z
      .object({
        title: z.string(),
        system: z.literal('Сферум'),
        ready: z.boolean().openapi({ description: 'its call is there' }),
        condition: z.object({
          status: z.enum(['synced', 'behind', 'failing']),
          message: z.string().nullable(),
        }),
      })
      .nullable(),
  })
  .openapi('Lesson');

const Meeting = z
  .object({ title: z.string(), startsAt: Instant, endsAt: Instant, system: z.literal('Сферум') })
  .openapi('Meeting', { description: 'the distance meeting of a lesson (I3)' });

const NewMeeting = z
  .strictObject({
    title: z.string().max(MEETING_TITLE_CHARS).optional().openapi({
      description:
        'default: `Урок по предмету «Краеведение» от 16.12.2022 15:50`, which follows the lesson when it is moved',
    }),
  })
  .openapi('NewMeeting');

/** Lessons, their distance meetings, and the way into the call (I). */
export function lessonRoutes(parts: ApiParts): void {
  routeLessons(parts);
  routeMeetingCreation(parts);
  routeMeetingRemoval(parts);
  routeEntry(parts);
}

function routeLessons({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/lessons',
    tags: ['Lessons'],
    summary: 'Lessons that the caller may see, by their start',
    description:
      "A teacher sees the lessons of their groups and their own; a pupil and the parents see those of the groups that the pupil is in on the lesson's day.",
    middleware: guards.read(...EVERYBODY),
    request: {
      params: SchoolParam,
      query: z.object({
        from: DayOrInstant,
        to: DayOrInstant.openapi({ description: 'included, if a day' }),
        grade: FilterText,
        classId: FilterText,
        subjectGroupId: FilterText,
        ...pageQuery(ctx.config.limits, ctx.config.limits.pageItems),
      }),
    },
    responses: { 200: json(pageOf('LessonPage', LessonView), 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { from, to, page, perPage, subjectGroupId, ...filter } = c.req.valid('query');
    const { id: schoolId } = await existingSchool(ctx, schoolOf(c));
    const school = await lessonSchool(ctx, schoolId);
    const { items, total } = await listLessons(
      ctx,
      callerIn(c, schoolId),
      {
        ...filter,
        from: from ? boundary(from, school.timeZone, 0) : undefined,
        before: to ? boundary(to, school.timeZone, 1) : undefined,
        ...(subjectGroupId ? { groupIds: [subjectGroupId] } : {}),
      },
      { page, perPage },
    );
    return c.json(
      { items: items.map((item) => viewOf(item, school, ctx.clock.now())), total, page, perPage },
      200,
    );
  });
}

function routeMeetingCreation({ api, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/lessons/{id}/meeting',
    tags: ['Lessons'],
    summary: "Make a lesson's distance meeting; made twice it is the same one (I1–I3)",
    description: '409 `lesson-over`, `group-removed`, `calls-need-user-token`, `sferum-not-connected`',
    middleware: guards.json('school-admin', 'staff'),
    request: {
      params: IdParam,
      query: SchoolQuery,
      body: { required: false, content: { 'application/json': { schema: NewMeeting } } },
    },
    responses: { 201: json(Meeting, 'the meeting; its call follows by itself'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { title } = c.req.valid('json') ?? {};
    const lessonId = c.req.valid('param').id;
    const meeting = await commands.createMeeting({
      caller: callerIn(c, schoolOf(c)),
      lessonId,
      title: title ?? null,
    });
    return c.json({ ...meeting, system: 'Сферум' as const }, 201);
  });
}

function routeMeetingRemoval({ api, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'delete',
    path: '/v1/lessons/{id}/meeting',
    tags: ['Lessons'],
    summary: 'Delete it: its call ends for all (I4)',
    middleware: guards.read('school-admin', 'staff'),
    request: { params: IdParam, query: SchoolQuery },
    responses: { 204: { description: 'deleted, or there was none' }, ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    await commands.deleteMeeting({ caller: callerIn(c, schoolOf(c)), lessonId: c.req.valid('param').id });
    return c.body(null, 204);
  });
}

function routeEntry({ api, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/lessons/{id}/meeting/join',
    tags: ['Lessons'],
    summary: 'Enter: on to the call while the lesson runs (I5, I6)',
    description:
      '409 `lesson-not-started` (with `opensAt`), `lesson-over`, `calls-need-user-token`; 404 where there is no meeting; 503 `call-not-ready` while its call is being started',
    middleware: guards.read('school-admin', 'staff', 'student'),
    request: { params: IdParam, query: SchoolQuery },
    responses: { 302: { description: "to the call's page" }, ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const link = await commands.enterLesson({
      caller: callerIn(c, schoolOf(c)),
      lessonId: c.req.valid('param').id,
    });
    c.header('Cache-Control', 'no-store');
    return c.redirect(link, 302);
  });
}

/** Gives the caller within the school that the request names, also where the token is for all schools. */
function callerIn(c: HonoContext<HttpEnv>, schoolId: string): Caller {
  return { ...c.get('caller'), schoolId };
}

function boundary(moment: string, timeZone: string, plusDays: number): Boundary {
  return isDay(moment) ? { day: moment, plusDays, timeZone } : { at: moment };
}

function viewOf(lesson: LessonItem, school: LessonSchool, nowMs: number): z.infer<typeof LessonView> {
  const {
    meeting,
    teacherId,
    teacherName,
    grade: _,
    groupTeacherIds: __,
    isGroupThere: ___,
    ...rest
  } = lesson;
  return {
    ...rest,
    teacher: { id: teacherId, name: teacherName },
    phase: phaseAt(timesOf(lesson), nowMs, school.earlyEntryMinutes),
    meeting: meeting && {
      title: meetingTitle(lesson, school.timeZone),
      system: 'Сферум',
      ready: meeting.joinLink !== null,
      condition: meeting.condition,
    },
  };
}
