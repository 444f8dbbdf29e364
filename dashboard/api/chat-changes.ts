import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../src/context.ts';
import { notFound } from '../../src/refusal.ts';
import type { Viewer } from '../../src/store/queries/viewer.ts';
import { currentIds } from '../current-ids.ts';
import { findChat } from '../read/chat-list.ts';
import { authorOf, schoolOf, viewerOf } from '../rights.ts';
import { ChatView } from './chats.ts';
import type { ApiParts } from './parts.ts';
import {
  Accepted,
  CHANGE_REFUSALS,
  ChatTypeName,
  IdParam,
  json,
  jsonBody,
  SchoolParam,
  SchoolQuery,
} from './schemas.ts';

/** A whole school may be named. A number that is too large for a chat is refused with its own error (422). */
const PEOPLE_NAMED = 20_000;
const REASON_CHARS = 500;
const TITLE_TYPED_CHARS = 2000;
const PersonId = z.string().min(1).max(200);
const People = z.array(PersonId).max(PEOPLE_NAMED).default([]);
const Title = z.string().max(TITLE_TYPED_CHARS);
const Reason = z
  .string()
  .trim()
  .max(REASON_CHARS)
  .optional()
  .openapi({ description: 'kept with exceptions' });

const NewChat = z
  .strictObject({
    type: ChatTypeName,
    title: Title.optional().openapi({ description: "default: the rules' name, and then the automatic chat" }),
    classId: PersonId.optional().openapi({ description: 'needed for class and parents' }),
    subjectGroupId: PersonId.optional(),
    members: z
      .array(z.strictObject({ personId: PersonId, admin: z.boolean().optional() }))
      .max(PEOPLE_NAMED)
      .optional()
      .openapi({ description: 'default: those of the rules; so are the admins where nobody is marked (C7)' }),
    reason: Reason,
  })
  .openapi('NewChat');

const ChatChange = z
  .strictObject({
    title: Title.optional(),
    members: z.strictObject({ add: People, remove: People }).optional(),
    admins: z.strictObject({ grant: People, revoke: People }).optional(),
    reason: Reason,
  })
  .openapi('ChatChange', { description: 'all or nothing' });

const ChangedChat = ChatView.extend({
  warnings: z
    .array(
      z.object({
        code: z.enum(['pupil-in-parents-chat', 'parent-without-child']),
        message: z.string(),
        personIds: z.array(z.string()),
      }),
    )
    .openapi({ description: 'J6: done, but look at it' }),
}).openapi('ChangedChat');

/** Making, changing and deleting a chat by hand (C, E, G). */
export function chatChangeRoutes(parts: ApiParts): void {
  routeCreation(parts);
  routeChange(parts);
  routeRemoval(parts);
}

function routeCreation({ api, ctx, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/schools/{schoolId}/chats',
    tags: ['Chats'],
    summary: 'Create a chat by hand (E)',
    description: '409 `chat-exists` with `chatId` where the school has a chat of that name',
    middleware: guards.json('school-admin', 'staff'),
    request: { params: SchoolParam, body: jsonBody(NewChat) },
    responses: { 201: json(ChangedChat, 'the chat; Sferum follows by itself'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
    const named = (body.members ?? []).map(({ personId }) => personId);
    const now = await currentIds(ctx, viewer.schoolId, named);
    const members = body.members?.map((one) => ({ ...one, personId: now(one.personId) })) ?? null;
    const { chatId, warnings } = await commands.createChat({
      ...{ viewer, by: authorOf(c.get('caller')), type: body.type },
      ...{ title: body.title ?? null, classId: body.classId ?? null },
      ...{ subjectGroupId: body.subjectGroupId ?? null, members },
      reason: body.reason || null,
    });
    return c.json({ ...(await chatNow(ctx, viewer, chatId)), warnings }, 201);
  });
}

function routeChange({ api, ctx, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'patch',
    path: '/v1/chats/{id}',
    tags: ['Chats'],
    summary: 'Change the name, members and admins of a chat by hand (C)',
    middleware: guards.json('school-admin', 'staff'),
    request: { params: IdParam, query: SchoolQuery, body: jsonBody(ChatChange) },
    responses: { 200: json(ChangedChat, 'the chat as it is now'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { title, members, admins, reason } = c.req.valid('json');
    const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
    const chatId = (await chatNow(ctx, viewer, c.req.valid('param').id)).id;
    const { add = [], remove = [] } = members ?? {};
    const { grant = [], revoke = [] } = admins ?? {};
    const now = await currentIds(ctx, viewer.schoolId, [...add, ...remove, ...grant, ...revoke]);
    const { warnings } = await commands.editChat({
      ...{ viewer, by: authorOf(c.get('caller')), chatId, title: title ?? null, reason: reason || null },
      change: { add: add.map(now), remove: remove.map(now), grant: grant.map(now), revoke: revoke.map(now) },
    });
    return c.json({ ...(await chatNow(ctx, viewer, chatId)), warnings }, 200);
  });
}

function routeRemoval({ api, ctx, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'delete',
    path: '/v1/chats/{id}',
    tags: ['Chats'],
    summary: 'Take a chat out of СГО and Sferum for good (G1)',
    middleware: guards.read('school-admin', 'staff'),
    request: {
      params: IdParam,
      query: SchoolQuery.extend({
        recreate: z
          .enum(['true', 'false'])
          .default('true')
          .openapi({ description: '`false`: «не создавать снова»' }),
      }),
    },
    responses: { 202: json(Accepted, 'its operation tells when Sferum has confirmed'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
    const { id: chatId } = await chatNow(ctx, viewer, c.req.valid('param').id);
    const operationId = await commands.removeChats({
      ...{ viewer, by: authorOf(c.get('caller')), chatIds: [chatId] },
      recreate: c.req.valid('query').recreate === 'true',
    });
    return c.json({ operationId }, 202);
  });
}

/**
 * Gives the chat, whether the viewer may see it or not, because the command decides what they may do to it.
 * @throws Refusal(404)
 */
async function chatNow(ctx: Context, viewer: Viewer, chatId: string) {
  const found = z.uuid().safeParse(chatId).success
    ? await findChat(ctx.db.of(viewer.schoolId), viewer, chatId)
    : null;
  if (!found) throw notFound();
  return found.chat;
}
