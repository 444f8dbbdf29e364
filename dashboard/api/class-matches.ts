import { createRoute, z } from '@hono/zod-openapi';
import { PEOPLE_PER_LIST } from '../../src/config/event-limits.ts';
import { instant } from '../../src/store/database.ts';
import { listClassMatches } from '../read/class-matches.ts';
import { authorOf, existingSchool, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, Instant, json, jsonBody, REFUSALS, SchoolParam } from './schemas.ts';

const pupils = z.int().min(0);
const ClassMatch = z
  .object({
    classId: z.string().openapi({ example: 'c-6a', description: 'the new class' }),
    title: z.string().openapi({ example: '6А' }),
    oldClassId: z.string().openapi({ example: 'c-5a' }),
    oldTitle: z.string().openapi({ example: '5А' }),
    common: pupils.openapi({ example: 24, description: 'pupils whom both have' }),
    pupils: pupils.openapi({ example: 25 }),
    oldPupils: pupils.openapi({ example: 26 }),
    state: z.enum(['open', 'continued', 'other']).openapi({
      description: 'open: it waits, and the new class has no chats yet; who decided stands in the journal',
    }),
    proposedAt: Instant,
    decidedAt: Instant.nullable(),
  })
  .openapi('ClassMatch');
const ClassMatches = z.object({ items: z.array(ClassMatch) }).openapi('ClassMatches');

const ClassWord = z
  .strictObject({
    classIds: z
      .array(z.string())
      .min(1)
      .max(PEOPLE_PER_LIST)
      .openapi({ example: ['c-6a'] }),
    continues: z
      .boolean()
      .openapi({ description: 'whether the chats of the old classes go on with the new ones' }),
  })
  .openapi('ClassWord');

/** Classes that may have come back under new ids (K4), to read and to decide. */
export function classMatchesRoutes({ api, ctx, commands, guards }: ApiParts): void {
  const path = '/v1/schools/{schoolId}/class-matches';
  const get = createRoute({
    method: 'get',
    path,
    tags: ['Rosters'],
    summary: 'Classes that may go on under new ids, those that wait first (K4)',
    middleware: guards.read('school-admin', 'operator'),
    request: { params: SchoolParam },
    responses: { 200: json(ClassMatches, 'the proposals'), ...REFUSALS },
  });
  api.openapi(get, async (c) =>
    c.json({ items: await itemsOf((await existingSchool(ctx, schoolOf(c))).id) }, 200),
  );

  const post = createRoute({
    method: 'post',
    path,
    tags: ['Rosters'],
    summary: 'Decide whether chats go on with these new classes, all of them or none',
    middleware: guards.json('school-admin', 'operator'),
    request: { params: SchoolParam, body: jsonBody(ClassWord) },
    responses: { 200: json(ClassMatches, 'the proposals as they are now'), ...CHANGE_REFUSALS },
  });
  api.openapi(post, async (c) => {
    const { id: schoolId } = await existingSchool(ctx, schoolOf(c));
    await commands.decideClasses({ schoolId, ...c.req.valid('json'), by: authorOf(c.get('caller')) });
    return c.json({ items: await itemsOf(schoolId) }, 200);
  });

  async function itemsOf(schoolId: string) {
    const items = await listClassMatches(ctx.db.of(schoolId), schoolId);
    return items.map((item) => ({
      ...item,
      proposedAt: instant(item.proposedAt),
      decidedAt: item.decidedAt === null ? null : instant(item.decidedAt),
    }));
  }
}
