import { createRoute, z } from '@hono/zod-openapi';
import type { Context as HonoContext } from 'hono';
import { findPerson } from '../../src/chats/person-chats.ts';
import type { Context } from '../../src/context.ts';
import { Refusal } from '../../src/refusal.ts';
import type { HttpEnv } from '../auth.ts';
import { findOwnChats } from '../read/own-chats.ts';
import { findSferumAccount } from '../read/sferum-account.ts';
import { existingSchool, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, ChatTypeName, json, REFUSALS, SchoolQuery } from './schemas.ts';

const Me = z
  .object({
    person: z.object({ id: z.string(), name: z.string(), role: z.enum(['staff', 'student', 'parent']) }),
    linked: z.boolean(),
    profileTaken: z.boolean().openapi({ description: 'СГО names a VK ID that somebody else has (A7)' }),
    connected: z.boolean().openapi({ description: 'the school is connected to Sferum (A9)' }),
    chats: z.array(
      z.object({
        id: z.uuid(),
        title: z.string(),
        type: ChatTypeName,
        memberCount: z.int(),
        admins: z.array(z.object({ id: z.string(), name: z.string() })),
        inSferum: z.boolean(),
        inviteLink: z.string().optional().openapi({ description: 'where people enter by link (A8)' }),
      }),
    ),
  })
  .openapi('Me');

/** What a person sees of themselves: their chats (A4), and unlinking (A5). */
export function meRoutes({ api, ctx, commands, guards }: ApiParts): void {
  const people = ['school-admin', 'staff', 'student', 'parent'] as const;
  const get = createRoute({
    method: 'get',
    path: '/v1/me',
    tags: ['Own profile'],
    summary: 'Who I am, and my chats (A4)',
    middleware: guards.read(...people),
    request: { query: SchoolQuery },
    responses: { 200: json(Me, 'chats in natural order of their titles'), ...REFUSALS },
  });
  api.openapi(get, async (c) => {
    const { schoolId, person } = await myself(ctx, c);
    const own = await findOwnChats(ctx, schoolId, person.id);
    const chats = own.chats.map(({ archived: _, sferumState, inviteLink, ...chat }) => ({
      ...chat,
      inSferum: sferumState === 'in',
      ...(inviteLink !== null && sferumState !== 'in' ? { inviteLink } : {}),
    }));
    const connected = (await findSferumAccount(ctx.db.of(schoolId), schoolId)) !== null;
    const { id, name, role, profileTaken } = person;
    const me = { person: { id, name, role }, linked: own.linked, profileTaken, connected, chats };
    return c.json(me, 200);
  });

  const unlink = createRoute({
    method: 'delete',
    path: '/v1/me/profile',
    tags: ['Own profile'],
    summary: '«Отменить привязку учебного профиля VK ID»: open to everybody at any time (A5)',
    middleware: guards.read(...people),
    request: { query: SchoolQuery },
    responses: { 204: { description: 'not linked any more, or was not' }, ...CHANGE_REFUSALS },
  });
  api.openapi(unlink, async (c) => {
    const { schoolId, person } = await myself(ctx, c);
    await commands.unlinkProfile({ schoolId, personId: person.id });
    return c.body(null, 204);
  });
}

/**
 * Gives the person of the token, by the roster.
 * @throws Refusal(403) where the roster never had them
 */
async function myself(ctx: Context, c: HonoContext<HttpEnv>) {
  const { id: schoolId } = await existingSchool(ctx, schoolOf(c));
  const person = await findPerson(ctx.db.of(schoolId), schoolId, c.get('caller').subject);
  if (!person) throw new Refusal(403, 'not-in-roster', 'Вас нет в списках школы');
  return { schoolId, person };
}
