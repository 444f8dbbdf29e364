import { createRoute, z } from '@hono/zod-openapi';
import { forbidden, notFound } from '../../src/refusal.ts';
import { findChat } from '../read/chat-list.ts';
import { listPeople } from '../read/people.ts';
import { schoolOf, viewerOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import type { ApiParts } from './parts.ts';
import { FilterText, json, pageOf, pageQuery, REFUSALS, SchoolParam } from './schemas.ts';

const RoleName = z.enum(['staff', 'student', 'parent']);
const Sex = z.enum(['male', 'female']);

const PersonView = z
  .object({
    id: z.string(),
    name: z.string(),
    familyName: z.string(),
    givenName: z.string(),
    middleName: z.string(),
    role: RoleName,
    sex: Sex.nullable(),
    birthDate: z
      .string()
      .optional()
      .openapi({ description: "pupils' only, to school admins and their homeroom teacher", format: 'date' }),
    linked: z.boolean(),
    inChat: z.boolean().optional().openapi({ description: 'with chatId' }),
  })
  .openapi('Person');

/** The people of a school, for picking members of a chat (C3). */
export function peopleRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/people',
    tags: ['People'],
    summary: 'Who can be picked: the people the caller may see, by name',
    middleware: guards.read('school-admin', 'operator', 'service', 'staff'),
    request: {
      params: SchoolParam,
      query: z.object({
        lastName: FilterText.openapi({ description: 'a prefix of any word of the name' }),
        role: RoleName.optional(),
        sex: Sex.optional(),
        classId: z.string().max(200).optional(),
        chatId: z.uuid().optional(),
        ...pageQuery(ctx.config.limits, 10),
      }),
    },
    responses: { 200: json(pageOf('PersonPage', PersonView), 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const filter = c.req.valid('query');
    const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
    if (filter.chatId !== undefined) {
      const chat = await findChat(ctx.db.of(viewer.schoolId), viewer, filter.chatId);
      if (!chat) throw notFound();
      if (!chat.visible) throw forbidden();
    }
    const { items, total } = await listPeople(ctx.db.of(viewer.schoolId), viewer, filter);
    noteShown(
      c,
      viewer.schoolId,
      items.map(({ id }) => id),
    );
    const shown = items.map(({ birthDate, inChat, childless: _, ...person }) => ({
      ...person,
      ...(birthDate === null ? {} : { birthDate }),
      ...(inChat === null ? {} : { inChat }),
    }));
    return c.json({ items: shown, total, page: filter.page, perPage: filter.perPage }, 200);
  });
}
