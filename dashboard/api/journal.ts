import { createRoute, z } from '@hono/zod-openapi';
import { zoneOf } from '../../src/store/school-day.ts';
import { COUNTED_AT_MOST, countJournal, LINE_ID, listJournal } from '../read/journal.ts';
import { existingSchool, schoolOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import { JournalEntry, journalViews } from './journal-view.ts';
import type { ApiParts } from './parts.ts';
import { json, pageQuery, REFUSALS, SchoolParam, When } from './schemas.ts';

const JournalPage = z
  .object({
    items: z.array(JournalEntry),
    total: z.int().openapi({ description: `${COUNTED_AT_MOST} at most: more are not counted` }),
    page: z.int(),
    perPage: z.int(),
    next: z
      .string()
      .nullable()
      .openapi({ description: '`before` of the following page; null: there is none' }),
  })
  .openapi('JournalPage');

/** The journal of a school: what was decided, by what, and what Sferum answered (J1). */
export function journalRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/journal',
    tags: ['Journal'],
    summary: 'What was decided, by what, and what Sferum answered; newest first',
    middleware: guards.read('school-admin', 'operator', 'service', 'security'),
    request: {
      params: SchoolParam,
      query: z.object({
        personId: z.string().min(1).max(200).optional(),
        chatId: z.uuid().optional(),
        from: When.openapi({ description: 'an instant, or a day of the school' }),
        to: When.openapi({ description: 'an instant (not included), or a day (included)' }),
        before: z.string().regex(LINE_ID).optional().openapi({
          description: 'lines before this one: `next` of the page before; costs the same on every page',
        }),
        ...pageQuery(ctx.config.limits, 50),
      }),
    },
    responses: { 200: json(JournalPage, 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const filter = c.req.valid('query');
    const { id: schoolId, timeZone } = await existingSchool(ctx, schoolOf(c));
    const school = { schoolId, timeZone: zoneOf(ctx, timeZone) };
    const { items, next } = await listJournal(ctx.db.of(schoolId), school, filter);
    const total = await countJournal(ctx.db.of(schoolId), school, filter);
    const { entries, people } = await journalViews(ctx.db.of(schoolId), { sees: 'school', schoolId }, items);
    noteShown(c, schoolId, people);
    return c.json({ items: entries, total, page: filter.page, perPage: filter.perPage, next }, 200);
  });
}
