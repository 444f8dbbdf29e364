import { createRoute, z } from '@hono/zod-openapi';
import { nextFirstOfSeptember } from '../../src/clock.ts';
import { askAbout } from '../../src/outbox/count-figures.ts';
import { schoolReadiness } from '../../src/planning/school-readiness.ts';
import { Refusal } from '../../src/refusal.ts';
import { momentOf, timeIn } from '../../src/store/school-day.ts';
import { listReadiness, nameGaps, SCHOOL_READINESS } from '../read/readiness.ts';
import { askedSchool, existingSchool, schoolOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import type { ApiParts } from './parts.ts';
import {
  CHANGE_REFUSALS,
  DayText,
  FilterText,
  Instant,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  REFUSALS,
  SchoolParam,
  SchoolQuery,
} from './schemas.ts';

const figure = z.int().min(0);
const State = z.enum(SCHOOL_READINESS).openapi('ReadinessState', {
  description:
    'the worst state that applies: unreached (no class is current on the day: the lists end before it), gaps (pupils without a class, classes without a homeroom teacher), undated (the classes name no dates), held (removals would wait for a decision), ready; uncounted: not counted yet',
});
const Figures = z
  .object({
    reach: z.enum(['yes', 'undated', 'no']),
    chats: z.object({ created: figure, renamed: figure, archived: figure }),
    members: z.object({ added: figure, removed: figure }),
    held: figure.openapi({ description: 'removals that would wait for a decision' }),
    pupils: z.object({
      total: figure.openapi({ description: 'in a class on the day' }),
      joining: figure.openapi({ description: 'of them those who are in no class today' }),
      leaving: figure.openapi({ description: 'in a class today, and not in the school on the day' }),
      withoutClass: figure,
    }),
    classes: z.object({ total: figure, withoutTeacher: figure }),
    estimate: z.object({ apiCalls: figure, seconds: figure }),
  })
  .openapi('ReadinessFigures');

const Item = z
  .object({
    id: z.string(),
    name: z.string(),
    state: State,
    readiness: Figures.nullable(),
    countedAt: Instant.nullable(),
  })
  .openapi('SchoolReadiness');

const Report = z
  .object({
    day: DayText,
    state: State,
    readiness: Figures,
    pupilsWithoutClass: z.array(z.object({ personId: z.string(), name: z.string() })),
    classesWithoutTeacher: z.array(z.object({ classId: z.string(), title: z.string() })),
  })
  .openapi('ReadinessReport');

const Day = DayText.optional().openapi({ description: 'not past; default: the next 1 September' });
/** The answer names at most so many of each kind. */
const NAMED = 200;

/** How ready schools are for a day (K4). */
export function readinessRoutes(parts: ApiParts): void {
  const { api, ctx, guards } = parts;
  const ofAll = createRoute({
    method: 'get',
    path: '/v1/readiness',
    tags: ['Schools'],
    summary: 'How ready all schools are for a day, the worst first, as counted in the background (K4)',
    description:
      'counted are the next 1 September and the day that was set by PUT; of others every school is uncounted',
    middleware: guards.read('operator'),
    request: {
      query: SchoolQuery.extend({
        day: Day,
        state: State.optional(),
        q: FilterText,
        ...pageQuery(ctx.config.limits, 50),
      }),
    },
    responses: { 200: json(pageOf('ReadinessPage', Item).extend({ day: DayText }), 'a page'), ...REFUSALS },
  });
  api.openapi(ofAll, async (c) => {
    const { school: _, day: asked, ...query } = c.req.valid('query');
    const day = dayOf(parts, asked, null);
    const of = askedSchool(c) ?? c.get('caller').schoolId;
    const only = of === '*' ? null : of;
    const { items, total } = await listReadiness(ctx.db.across('operator-view'), { ...query, day, only });
    return c.json({ items, total, page: query.page, perPage: query.perPage, day }, 200);
  });
  setDayRoute(parts);
  schoolRoute(parts);
}

function setDayRoute(parts: ApiParts): void {
  const { api, ctx, guards } = parts;
  const setDay = createRoute({
    method: 'put',
    path: '/v1/readiness',
    tags: ['Schools'],
    summary: 'Let all schools be counted for a day besides the next 1 September (K4)',
    description: 'one such day at a time: it takes the place of the one before; for operators of all schools',
    middleware: guards.json('operator'),
    request: { body: jsonBody(z.strictObject({ day: DayText })) },
    responses: {
      200: json(z.object({ day: DayText }).openapi('ReadinessDay'), 'schools are counted one by one'),
      ...CHANGE_REFUSALS,
    },
  });
  api.openapi(setDay, async (c) => {
    if (c.get('caller').schoolId !== '*') {
      throw new Refusal(409, 'of-one-school', 'День для всех школ выбирает оператор всех школ');
    }
    const day = dayOf(parts, c.req.valid('json').day, null);
    await askAbout(ctx, day);
    return c.json({ day }, 200);
  });
}

function schoolRoute(parts: ApiParts): void {
  const { api, ctx, guards } = parts;
  const ofOne = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/readiness',
    tags: ['Schools'],
    summary: 'How ready a school is for a day, counted now (K4)',
    middleware: guards.read('school-admin', 'operator'),
    request: { params: SchoolParam, query: z.object({ day: Day }) },
    responses: { 200: json(Report, 'at most 200 pupils and classes are named'), ...REFUSALS },
  });
  api.openapi(ofOne, async (c) => {
    const school = await existingSchool(ctx, schoolOf(c));
    const day = dayOf(parts, c.req.valid('query').day, school.timeZone);
    const { readiness, state, gaps } = await schoolReadiness(ctx, school.id, day);
    const { pupils, classes } = await nameGaps(ctx.db.of(school.id), school.id, gaps, NAMED);
    noteShown(
      c,
      school.id,
      pupils.map(({ id }) => id),
    );
    const report = {
      ...{ day, state, readiness },
      pupilsWithoutClass: pupils.map(({ id, name }) => ({ personId: id, name })),
      classesWithoutTeacher: classes.map(({ id, title }) => ({ classId: id, title })),
    };
    return c.json(report, 200);
  });
}

/** @throws Refusal(400) for a day that is past at the school. */
function dayOf({ ctx }: ApiParts, asked: string | undefined, ownZone: string | null): string {
  const moment = momentOf(ctx);
  const { today, timeZone } = timeIn(ownZone, moment);
  if (asked !== undefined && asked < today) throw new Refusal(400, 'day-past', 'Этот день уже прошёл');
  return asked ?? nextFirstOfSeptember({ nowMs: moment.nowMs, timeZone });
}
