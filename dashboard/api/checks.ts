import { createRoute, z } from '@hono/zod-openapi';
import type { Context as HonoContext } from 'hono';
import type { HttpEnv } from '../auth.ts';
import { type Check, type Checking, checkChats, checkPerson } from '../checking.ts';
import { authorOf, schoolOf, viewerOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import type { ApiParts } from './parts.ts';
import { Accepted, CHANGE_REFUSALS, IdParam, json, SchoolQuery } from './schemas.ts';

const Place = z.object({
  chatId: z.uuid(),
  personId: z
    .string()
    .nullable()
    .openapi({ description: 'null: in Sferum somebody whom the school does not know' }),
  admin: z.boolean(),
});
export const CheckView = z
  .object({
    desired: z.array(Place).openapi({ description: 'who should be where by СГО' }),
    actual: z.array(Place).openapi({ description: 'who is where in Sferum now' }),
    done: z.array(
      z.object({
        chatId: z.uuid(),
        action: z.enum(['create', 'rename', 'add', 'remove', 'grant', 'revoke', 'delete']),
        personId: z.string().optional(),
      }),
    ),
    obstacles: z.array(
      z.object({
        chatId: z.uuid().optional(),
        personId: z.string().optional(),
        reason: z.string().openapi({ example: 'notLinked' }),
        message: z.string(),
      }),
    ),
  })
  .openapi('Check');

const checkChat = (asked: Checking, chatId: string) => checkChats(asked, [chatId]);

const KINDS = [
  ['/v1/chats/{id}/check', 'Chats', 'Compare a chat with Sferum now and mend what differs (K7)', checkChat],
  ['/v1/people/{id}/check', 'People', "Compare a person's chats with Sferum now (K7)", checkPerson],
] as const;

/** «Сверить сейчас» (K7) for a chat and for a person. */
export function checkRoutes({ api, ctx, commands, guards }: ApiParts): void {
  for (const [path, tag, summary, check] of KINDS) {
    const route = createRoute({
      method: 'post',
      path,
      tags: [tag],
      summary,
      middleware: guards.json('school-admin', 'operator', 'staff'),
      request: { params: IdParam, query: SchoolQuery },
      responses: {
        200: json(CheckView, 'what is, what should be, what was done, what stands in the way'),
        202: json(Accepted, 'it takes over 2 s; the result of the operation is the same'),
        ...CHANGE_REFUSALS,
      },
    });
    api.openapi(route, async (c) => {
      const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
      const asked: Checking = { ctx, commands, viewer, by: authorOf(c.get('caller')) };
      const { operationId, result } = await check(asked, c.req.valid('param').id);
      return result ? c.json(shown(c, viewer.schoolId, result), 200) : c.json({ operationId }, 202);
    });
  }
}

function shown(c: HonoContext<HttpEnv>, schoolId: string, result: NonNullable<Check['result']>) {
  const places = [...result.desired, ...result.actual];
  noteShown(
    c,
    schoolId,
    places.flatMap(({ personId }) => personId ?? []),
  );
  // The result was written by checkResult, whose shape the view describes.
  return result as z.infer<typeof CheckView>;
}
