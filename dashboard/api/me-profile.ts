import { createRoute, z } from '@hono/zod-openapi';
import { findPerson } from '../../src/chats/person-chats.ts';
import { notInRoster } from '../../src/profile/link-profile.ts';
import type { ProfileLinking } from '../../src/profile/linking.ts';
import { existingSchool, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, json, SchoolQuery } from './schemas.ts';

const Authorize = z.object({ authorizeUrl: z.url() }).openapi('Authorize');

/**
 * VK ID sends the person back to the console, where the person has a session. What joins the two is kept for that
 * person alone.
 */
export function meProfileRoutes({ api, ctx, guards }: ApiParts, linking: ProfileLinking): void {
  const start = createRoute({
    method: 'post',
    path: '/v1/me/profile',
    tags: ['Own profile'],
    summary:
      '«Привязать учебный профиль VK ID»: where the person’s browser goes; the address is good for 10 minutes (A2)',
    middleware: guards.read('school-admin', 'staff', 'student', 'parent'),
    request: { query: SchoolQuery },
    responses: { 200: json(Authorize, "VK ID's consent page"), ...CHANGE_REFUSALS },
  });
  api.openapi(start, async (c) => {
    const { id: schoolId } = await existingSchool(ctx, schoolOf(c));
    const person = await findPerson(ctx.db.of(schoolId), schoolId, c.get('caller').subject);
    if (!person?.present) throw notInRoster();
    return c.json({ authorizeUrl: await linking.start({ schoolId, personId: person.id }) }, 200);
  });
}
