import { createRoute, z } from '@hono/zod-openapi';
import type { Context as HonoContext } from 'hono';
import type { Context } from '../../src/context.ts';
import { forbidden, notFound } from '../../src/refusal.ts';
import { listMembers } from '../../src/store/queries/chat-members.ts';
import type { Viewer } from '../../src/store/queries/viewer.ts';
import type { HttpEnv } from '../auth.ts';
import { type ChatItem, findChat, listChats } from '../read/chat-list.ts';
import { findNames } from '../read/names.ts';
import { schoolOf, viewerOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import { groundView, idsOf } from './grounds.ts';
import type { ApiParts } from './parts.ts';
import {
  ChatTypeName,
  FilterText,
  Ground,
  IdParam,
  Instant,
  json,
  pageOf,
  pageQuery,
  REFUSALS,
  SchoolParam,
  SchoolQuery,
} from './schemas.ts';

export const ChatView = z
  .object({
    id: z.uuid(),
    title: z.string(),
    type: ChatTypeName,
    origin: z.enum(['automatic', 'manual']),
    classId: z.string().nullable(),
    subjectGroupId: z.string().nullable(),
    titleByHand: z.boolean(),
    memberCount: z.int().openapi({ description: 'in СГО' }),
    inSferumCount: z.int().openapi({ description: 'of them, seen in the live chat' }),
    admins: z.array(z.object({ id: z.string(), name: z.string() })),
    condition: z.object({
      status: z.enum(['synced', 'behind', 'held', 'failing', 'archived', 'deleting']),
      reason: z.string().nullable(),
      message: z.string().nullable(),
      since: Instant,
      seenAt: Instant.nullable().openapi({
        description: 'the last look at the live chat; null: not known for sure',
      }),
    }),
    warning: z.string().nullable().openapi({
      description:
        'C6: `no-own-admin` or `nobody-to-administer`; D14: `no-admin-in-sferum`; E3: `same-title`',
    }),
  })
  .openapi('Chat');

const MemberView = z
  .object({
    personId: z.string(),
    name: z.string(),
    role: z.enum(['staff', 'student', 'parent']),
    admin: z.boolean(),
    linked: z.boolean(),
    inSferum: z.boolean(),
    sferumState: z.enum(['in', 'waiting', 'refused', 'left']).nullable(),
    sferumReason: z.string().nullable(),
    held: z.boolean().openapi({ description: 'the removal waits for approval (F4)' }),
    grounds: z.array(Ground),
    exception: z
      .object({
        member: z.enum(['added', 'excluded']).nullable(),
        admin: z.enum(['granted', 'revoked']).nullable(),
        authorId: z.string(),
        reason: z.string().nullable(),
        at: Instant,
      })
      .optional()
      .openapi({ description: 'made by hand (D7)' }),
  })
  .openapi('ChatMember');

/**
 * Gives the chat and its viewer.
 * @throws Refusal: 404 where the school has no such chat, 403 where the viewer may not see it
 */
async function chatFor(
  ctx: Context,
  c: HonoContext<HttpEnv>,
  id: string,
): Promise<{ chat: ChatItem; viewer: Viewer }> {
  const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
  const found = z.uuid().safeParse(id).success
    ? await findChat(ctx.db.of(viewer.schoolId), viewer, id)
    : null;
  if (!found) throw notFound();
  if (!found.visible) throw forbidden();
  return { chat: found.chat, viewer };
}

const READERS = ['school-admin', 'operator', 'service', 'staff'] as const;

/** The chats that the caller may see, and their members (B, C2). */
export function chatRoutes(parts: ApiParts): void {
  routeChats(parts);
  routeChat(parts);
  routeMembers(parts);
}

function routeChats({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/chats',
    tags: ['Chats'],
    summary: 'Chats that the caller may see, in natural order of their titles',
    middleware: guards.read(...READERS),
    request: {
      params: SchoolParam,
      query: z.object({
        type: ChatTypeName.optional(),
        title: FilterText.openapi({ description: 'anywhere in the title' }),
        lastName: FilterText.openapi({ description: "a prefix of any word of a member's name" }),
        sort: z.enum(['title', '-title']).default('title'),
        ...pageQuery(ctx.config.limits, 50),
      }),
    },
    responses: { 200: json(pageOf('ChatPage', ChatView), 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { sort, ...filter } = c.req.valid('query');
    const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
    const { items, total } = await listChats(ctx.db.of(viewer.schoolId), viewer, {
      ...filter,
      descending: sort === '-title',
    });
    return c.json({ items, total, page: filter.page, perPage: filter.perPage }, 200);
  });
}

function routeChat({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/chats/{id}',
    tags: ['Chats'],
    summary: 'One chat',
    middleware: guards.read(...READERS),
    request: { params: IdParam, query: SchoolQuery },
    responses: { 200: json(ChatView, 'the chat'), ...REFUSALS },
  });
  api.openapi(route, async (c) => c.json((await chatFor(ctx, c, c.req.valid('param').id)).chat, 200));
}

function routeMembers({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/chats/{id}/members',
    tags: ['Chats'],
    summary: 'Who is in a chat and why, or who is kept out of it by hand',
    middleware: guards.read(...READERS),
    request: {
      params: IdParam,
      query: SchoolQuery.extend({
        lastName: FilterText,
        show: z.enum(['members', 'excluded']).default('members'),
        ...pageQuery(ctx.config.limits, 10),
      }),
    },
    responses: { 200: json(pageOf('ChatMemberPage', MemberView), 'a page, by name'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { chat, viewer } = await chatFor(ctx, c, c.req.valid('param').id);
    const filter = c.req.valid('query');
    const { items, total } = await listMembers(ctx.db.of(viewer.schoolId), viewer, chat.id, filter);
    const names = await findNames(
      ctx.db.of(viewer.schoolId),
      { ...viewer, chatIds: [chat.id] },
      idsOf(items.flatMap((member) => member.grounds)),
    );
    noteShown(c, viewer.schoolId, [...items.map(({ personId }) => personId), ...names.people]);
    const shown = items.map(({ exception, grounds, ...member }) => ({
      ...member,
      grounds: grounds.map((ground) => groundView(ground, names)),
      ...(exception ? { exception } : {}),
    }));
    return c.json({ items: shown, total, page: filter.page, perPage: filter.perPage }, 200);
  });
}
